import { readFileSync } from 'node:fs'

import type { Dependency } from '@tidegate/core'
import { expect, it } from 'vitest'

import * as checks from '../src/index.ts'

const docs = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8')

const NEEDED = { path: '/tmp', file: '/tmp/cert.pem', host: 'a', port: 1, url: 'http://a/', hostname: 'a' }
const NEEDS: Readonly<Record<string, readonly (keyof typeof NEEDED)[]>> = {
  disk: ['path'],
  tlsCertificate: ['file'],
  tcp: ['host', 'port'],
  http: ['url'],
  dns: ['hostname'],
}

it.each(Object.entries(checks))('says of %s what it is by default', (check, make) => {
  const options = Object.fromEntries((NEEDS[check] ?? []).map((key) => [key, NEEDED[key]]))
  const { name, scope, critical } = (make as (options: object) => Dependency)(options)
  const row = docs.split('\n').find((line) => line.startsWith(`| [\`${check}\`](#${check.toLowerCase()})`)) ?? ''

  expect(
    row
      .split('|')
      .slice(2, 5)
      .map((cell) => cell.trim()),
  ).toEqual([`\`${name}\``, expect.stringMatching(new RegExp(`^${scope}`)), critical === true ? 'yes' : 'no'])
  expect(docs).toContain(`\n## ${check}\n`)
})
