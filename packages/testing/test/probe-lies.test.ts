import { describe, expect, test, vi } from 'vitest'

import { runProbeSuite } from '../src/index.ts'
import { probeTests } from '../src/probe/probe-tests.ts'
import { proberLies } from './support/lying-probers.ts'
import { recordingRunner } from './support/recording-runner.ts'

// What is broken is waited for in vain.
vi.mock('../src/limits.ts', () => ({ PATIENCE_MS: 2_000 }))

// Each has everything of its own, and most wait.
describe.concurrent.each(Object.entries(proberLies))(
  'a prober that %s',
  (_lie, { make, seenBy, verdict = 'deep-equal' }) => {
    const { bodies, ...runner } = recordingRunner()
    runProbeSuite('a liar', make, runner)

    test.each(seenBy)('is seen by: %s', async (name) => {
      await expect(bodies.get(name)?.()).rejects.toThrow(verdict)
    })
  },
)

test('every test of the probe suite sees a lie', () => {
  const seeing = new Set(Object.values(proberLies).flatMap(({ seenBy }) => seenBy))

  expect(probeTests.map(({ name }) => name).filter((name) => !seeing.has(name))).toEqual([])
})
