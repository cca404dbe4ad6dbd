import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

const FAULTS = [
  ['close fails', { step: 'close', name: 'queue', outcome: 'failed', error: 'the broker is gone' }],
  ['close overruns', { step: 'close', name: 'queue', outcome: 'overran' }],
  ['drain fails', { step: 'drain', name: 'queue', outcome: 'failed', error: 'the consumer is gone' }],
  ['drain overruns', { step: 'drain', name: 'queue', outcome: 'overran' }],
  ['drain hook fails', { step: 'drain', name: 'flushMetrics', outcome: 'failed', error: 'the collector is gone' }],
  ['drained hook fails', { step: 'drained', name: 'flushMetrics', outcome: 'failed', error: 'the collector is gone' }],
  ['close hook fails', { step: 'close', name: 'flushMetrics', outcome: 'failed', error: 'the collector is gone' }],
] as const

const STEPS = [
  'drain queue',
  'drain flushMetrics',
  'drained flushMetrics',
  'close queue',
  'close database',
  'close flushMetrics',
]

describe.concurrent('a step of the shutdown that goes wrong', () => {
  for (const [fault, step] of FAULTS) {
    it(`exits with 1, names the step, and runs all others: ${fault}`, async ({ spawnProgram }) => {
      const program = spawnProgram('closing', { args: [fault] })
      await program.port()
      program.signal('SIGTERM')
      expect(await program.exit).toMatchObject({ code: 1, signal: null })
      const { steps, exitCode } = await recordOf(program)
      expect(exitCode).toBe(1)
      expect(steps.filter(({ outcome }) => outcome !== 'done')).toMatchObject([step])
      expect(steps.map((one) => `${one.step} ${one.name}`).toSorted()).toEqual(STEPS.toSorted())
      expect(program.said('database closed')).toBe(true)
    })
  }

  it('exits with 0 when nothing does', async ({ spawnProgram }) => {
    const program = spawnProgram('closing')
    await program.port()
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    const { steps } = await recordOf(program)
    expect(steps.map((one) => `${one.step} ${one.name} ${one.outcome}`).toSorted()).toEqual(
      STEPS.map((one) => `${one} done`).toSorted(),
    )
  })
})
