import { afterEach, describe, expect, test, vi } from 'vitest'

import { dependencyTests } from '../src/dependency/dependency-tests.ts'
import { runDependencySuite } from '../src/index.ts'
import { lies } from './support/lying-dependencies.ts'
import { recordingRunner } from './support/recording-runner.ts'
import { handsOn } from './support/store-hands.ts'

// What is broken is waited for in vain.
vi.mock('../src/limits.ts', () => ({
  PATIENCE_MS: 2_000,
  AMPLE_MS: 20_000,
  REACH_MS: 50,
  CLOSE_LIMIT_MS: 400,
  LATE_MS: 300,
}))

afterEach(() => void process.removeAllListeners('tidegate-never'))

// Each has everything of its own, and most wait.
describe.concurrent.each(Object.entries(lies))('a dependency that %s', (_lie, { make, seenBy }) => {
  const { bodies, ...runner } = recordingRunner()
  runDependencySuite('a liar', handsOn(make), runner)

  test.each(Object.entries(seenBy))('is seen by: %s', async (name, verdict) => {
    await expect(bodies.get(name)?.()).rejects.toThrow(verdict)
  })
})

test('every test of the dependency suite sees a lie', () => {
  const seeing = new Set(Object.values(lies).flatMap(({ seenBy }) => Object.keys(seenBy)))

  expect(dependencyTests.map(({ name }) => name).filter((name) => !seeing.has(name))).toEqual([])
})
