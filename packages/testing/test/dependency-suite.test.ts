import { afterEach, expect, test } from 'vitest'

import { runDependencySuite } from '../src/index.ts'
import type { DependencyFactory, DependencySuiteOptions } from '../src/index.ts'
import { recordingRunner } from './support/recording-runner.ts'
import { handsOn } from './support/store-hands.ts'
import { store } from './support/store.ts'

const PASSES = 'passes its check while all is well'
const WITHOUT_CHECK = 'no check(): nobody asks'

const checkless = handsOn((client, options) => {
  const dependency = store(client, options)
  delete dependency.check
  return dependency
})

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

function declare(
  factory: DependencyFactory,
  options: Partial<DependencySuiteOptions> = {},
): ReadonlyMap<string, () => Promise<void>> {
  const { bodies, ...runner } = recordingRunner()
  runDependencySuite('a dependency', factory, { ...runner, ...options })
  return bodies
}

test('a step that a dependency leaves out has to be declared', async () => {
  await expect(declare(checkless).get(PASSES)?.()).rejects.toThrow('say why in options.without')
})

test('what needs a step that was declared is a deviation, with the reason', async () => {
  const bodies = declare(checkless, { without: { check: 'nobody asks' } })

  await bodies.get(`${PASSES} (deviates: ${WITHOUT_CHECK})`)?.()
  expect([...bodies.keys()].filter((name) => name.includes(WITHOUT_CHECK)).length).toBeGreaterThan(5)
  expect(bodies.has('can be used once it is warm')).toBe(true)
})

test('a step that was declared and is there after all fails', async () => {
  const bodies = declare(handsOn(store), { without: { check: 'nobody asks' } })

  await expect(bodies.get(`${PASSES} (deviates: ${WITHOUT_CHECK})`)?.()).rejects.toThrow('take it out')
})

test('a client that has connected already is refused', async () => {
  const honest = handsOn(store)
  const bodies = declare(async () => {
    const hands = await honest()
    await hands.use()
    return hands
  })

  await expect(bodies.get(PASSES)?.()).rejects.toThrow('give a client that has not connected')
})

test('what the hands open for their own questions is not taken for something that was left', async () => {
  const honest = handsOn(store)
  const bodies = declare(async () => {
    const hands = await honest()
    return {
      ...hands,
      async connections() {
        // As a client for questions would that connects anew after each outage.
        const timer = setInterval(() => {}, 1_000)
        cleanups.push(() => clearInterval(timer))
        return hands.connections()
      },
    }
  })

  await expect(bodies.get('leaves no connection and no timer once it is closed')?.()).resolves.toBeUndefined()
})
