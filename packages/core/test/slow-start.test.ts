import fc from 'fast-check'
import { expect, test } from 'vitest'

import { slowStartWeight } from '../src/slow-start.ts'
import type { SlowStart } from '../src/slow-start.ts'

const slowStart: fc.Arbitrary<SlowStart> = fc.record({
  window: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  initial: fc.double({ min: 0.001, max: 1, noNaN: true }),
  aggression: fc.double({ min: 0.01, max: 100, noNaN: true }),
})
const share = fc.double({ min: 0, max: 1, noNaN: true })

test('the weight is never below the initial one, nor above 1', () => {
  fc.assert(
    fc.property(slowStart, fc.double({ min: -1_000, max: 2 ** 33, noNaN: true }), (given, elapsed) => {
      const weight = slowStartWeight(given, elapsed)
      expect(weight).toBeGreaterThanOrEqual(given.initial)
      expect(weight).toBeLessThanOrEqual(1)
    }),
  )
})

test('it never falls while time goes on', () => {
  fc.assert(
    fc.property(slowStart, share, share, (given, one, other) => {
      const [earlier, later] = [Math.min(one, other), Math.max(one, other)]
      const before = slowStartWeight(given, earlier * given.window)
      expect(slowStartWeight(given, later * given.window)).toBeGreaterThanOrEqual(before)
    }),
  )
})

test('it is the initial one at first, and 1 from the end of the window on', () => {
  fc.assert(
    fc.property(slowStart, share, (given, more) => {
      expect(slowStartWeight(given, 0)).toBe(given.initial)
      expect(slowStartWeight(given, given.window * (1 + more))).toBe(1)
    }),
  )
})

test('more aggression is never less weight', () => {
  fc.assert(
    fc.property(slowStart, share, fc.double({ min: 1, max: 10, noNaN: true }), (given, at, times) => {
      const elapsed = at * given.window
      const more = { ...given, aggression: given.aggression * times }
      expect(slowStartWeight(more, elapsed)).toBeGreaterThanOrEqual(slowStartWeight(given, elapsed))
    }),
  )
})

test.each([
  [1, 15, 0.25],
  [1, 3, 0.1],
  [2, 15, 0.5],
  [0.5, 30, 0.25],
  [0.5, 15, 0.1],
])("it is Envoy's formula: aggression %d, %d s of 60 s, gives %d", (aggression, seconds, weight) => {
  expect(slowStartWeight({ window: 60_000, initial: 0.1, aggression }, seconds * 1_000)).toBe(weight)
})
