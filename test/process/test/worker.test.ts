import { expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

it('a worker without a server drains, then closes, and exits with 0', async ({ spawnProgram }) => {
  const program = spawnProgram('worker')
  await program.line('started')
  program.signal('SIGTERM')
  expect(await program.exit).toMatchObject({ code: 0, signal: null })
  expect(program.spokenOn('stdout').map(({ msg }) => msg)).toEqual(['started', 'queue drained', 'queue closed'])
  const { steps } = await recordOf(program)
  expect(steps).toMatchObject([
    { step: 'drain', name: 'queue', outcome: 'done' },
    { step: 'close', name: 'queue', outcome: 'done' },
  ])
})
