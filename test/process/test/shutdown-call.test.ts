import { expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

it('shutdown() stops everything once and never exits the process', async ({ spawnProgram, request }) => {
  const program = spawnProgram('shutdown-call')
  expect((await request(await program.port(), '/')).body).toBe('served')
  program.endInput()
  expect(await program.line('returned')).toMatchObject({ isSame: true, reason: 'a deploy', exitCode: 1, handlers: 0 })
  // Ten times the interval of its check.
  expect(await program.line('later')).toMatchObject({ checks: 0, resources: [] })
  await program.line('nothing left to do')
  expect(await program.exit).toMatchObject({ code: 7, signal: null })
  expect(program.spokenOn('stderr').filter(({ msg }) => msg === 'stopped')).toHaveLength(1)
})

for (const [step, phase] of [
  ['drain', 'draining'],
  ['close', 'closing'],
] as const) {
  it(`a signal that comes while shutdown() is ${phase} makes the process exit after it`, async ({ spawnProgram }) => {
    const program = spawnProgram('called-then-signalled', { args: [step] })
    expect(await program.line('leaving')).toMatchObject({ phase })
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(await recordOf(program)).toMatchObject({ reason: 'a deploy', repeatedSignals: ['SIGTERM'], exitCode: 0 })
  })
}
