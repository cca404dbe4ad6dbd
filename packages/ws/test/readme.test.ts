import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

test('what the README shows for Socket.IO is what its tests run', () => {
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read('./examples/serve-socket-io.ts')}\`\`\`\n`)
})
