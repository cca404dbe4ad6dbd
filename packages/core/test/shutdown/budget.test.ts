import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { closeLimit, drainDeadlines, planBudget } from '../../src/shutdown/budget.ts'
import type { ShutdownDurations } from '../../src/shutdown/budget.ts'

const SECOND = 1_000

describe('planBudget', () => {
  test("shares out Kubernetes' own 30 s", () => {
    const { budget, faults } = planBudget({})
    expect(faults).toEqual([])
    expect(budget).toEqual({
      gracePeriod: 30 * SECOND,
      preStop: 0,
      margin: 1 * SECOND,
      flush: 250,
      available: 29 * SECOND,
      lameDuck: { ms: 10 * SECOND, explicit: false },
      linger: 1 * SECOND,
      requests: undefined,
      longLived: undefined,
      deadline: 24 * SECOND,
      close: 5 * SECOND,
    })
    expect(budget.deadline - 10 * SECOND).toBe(14 * SECOND)
  })

  test('shrinks everything with a short grace period', () => {
    const { budget } = planBudget({ gracePeriod: 2 * SECOND })
    expect(budget).toMatchObject({
      margin: 100,
      flush: 100,
      available: 1_900,
      lameDuck: { ms: 665, explicit: false },
      linger: 190,
      close: 380,
      deadline: 1_520,
    })
  })

  test('gives all that a long grace period adds to the requests', () => {
    const { budget } = planBudget({ gracePeriod: 600 * SECOND })
    expect(budget).toMatchObject({
      margin: SECOND,
      lameDuck: { ms: 10 * SECOND },
      linger: SECOND,
      close: 5 * SECOND,
      deadline: 594 * SECOND,
    })
  })

  test('counts a preStop hook, which has run before the signal comes', () => {
    const { budget } = planBudget({ preStop: 10 * SECOND })
    expect(budget).toMatchObject({ preStop: 10 * SECOND, margin: SECOND, available: 19 * SECOND })
    expect(budget.lameDuck).toEqual({ ms: 6_650, explicit: false })
  })

  test('keeps an explicit lame duck apart from the automatic one, and from none', () => {
    expect(planBudget({ lameDuck: 5 * SECOND }).budget.lameDuck).toEqual({ ms: 5 * SECOND, explicit: true })
    expect(planBudget({ lameDuck: false }).budget.lameDuck).toBe(false)
  })

  test('spends no more than 250 ms of a generous margin on the last lines of the log', () => {
    expect(planBudget({ margin: 3 * SECOND }).budget).toMatchObject({ margin: 3 * SECOND, flush: 250 })
  })

  test.each<[ShutdownDurations, string]>([
    [
      { lameDuck: 25 * SECOND },
      'lameDuck 25s + linger 1s (default) + close 5s (default) = 31s do not fit into 29s, ' +
        'which is gracePeriod 30s (default) − margin 1s (default); shorten them by 2s, or raise gracePeriod',
    ],
    [
      { gracePeriod: 20 * SECOND, preStop: 5 * SECOND, margin: 0, linger: 2 * SECOND, close: 10 * SECOND },
      'lameDuck 5.25s (default) + linger 2s + close 10s = 17.25s do not fit into 15s, ' +
        'which is gracePeriod 20s − preStop 5s − margin 0ms; shorten them by 2.25s, or raise gracePeriod',
    ],
    [
      { requests: 20 * SECOND },
      'lameDuck 10s (default) + requests 20s + close 5s (default) = 35s do not fit into 29s, ' +
        'which is gracePeriod 30s (default) − margin 1s (default); shorten them by 6s, or raise gracePeriod',
    ],
    [
      { gracePeriod: 5 * SECOND, preStop: 5 * SECOND },
      'nothing is left of gracePeriod 5s after preStop 5s + margin 250ms (default); ' +
        'raise gracePeriod, or shorten what it pays for',
    ],
  ])('refuses %j', (given, message) => {
    expect(planBudget(given).faults).toEqual([{ field: 'shutdown', message }])
  })

  test('accepts what just fits', () => {
    expect(planBudget({ lameDuck: 23 * SECOND }).faults).toEqual([])
    expect(planBudget({ lameDuck: 23 * SECOND + 1 }).faults).toHaveLength(1)
    expect(planBudget({ requests: 14 * SECOND }).faults).toEqual([])
    expect(planBudget({ requests: 14 * SECOND + 1 }).faults).toHaveLength(1)
    expect(planBudget({ gracePeriod: 1_001, margin: 1_000, lameDuck: false, linger: false, close: 1 }).faults).toEqual(
      [],
    )
    expect(planBudget({ gracePeriod: 1_000, margin: 1_000 }).faults).toHaveLength(1)
  })

  test('never plans beyond the grace period, in whole milliseconds, unless it says so', () => {
    fc.assert(
      fc.property(anyDurations(), (given) => {
        const { budget, faults } = planBudget(given)
        if (faults.length > 0) return
        const lameDuck = budget.lameDuck === false ? 0 : budget.lameDuck.ms
        expect(budget.preStop + budget.available + budget.margin).toBe(budget.gracePeriod)
        expect(budget.deadline + budget.close).toBe(budget.available)
        expect(lameDuck + budget.linger).toBeLessThanOrEqual(budget.deadline)
        expect(lameDuck + (budget.requests ?? 0)).toBeLessThanOrEqual(budget.deadline)
        expect(lameDuck + (budget.longLived ?? 0)).toBeLessThanOrEqual(budget.deadline)
        const { requests, longLived, last } = drainDeadlines(budget, lameDuck)
        expect(last + budget.close + budget.margin + budget.preStop).toBeLessThanOrEqual(budget.gracePeriod)
        expect(last).toBe(Math.max(requests, longLived))
        expect(budget.flush).toBeLessThanOrEqual(budget.margin)
        const numbers = [...Object.values(budget).filter((value) => typeof value === 'number'), lameDuck]
        expect(numbers.filter((ms) => !Number.isInteger(ms) || ms < 0)).toEqual([])
      }),
    )
  })

  test('takes every given number as it is', () => {
    fc.assert(
      fc.property(anyDurations(), (given) => {
        const { budget } = planBudget(given)
        const planned = { ...budget, lameDuck: budget.lameDuck && budget.lameDuck.ms }
        const expected = { ...given, preStop: given.preStop || 0, ...(given.linger === false && { linger: 0 }) }
        expect(planned).toMatchObject(expected)
      }),
    )
  })

  test('scales everything that is not given, and it always fits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }), (gracePeriod, more) => {
        const small = planBudget({ gracePeriod })
        const large = planBudget({ gracePeriod: gracePeriod + more })
        expect(small.faults).toEqual([])
        for (const part of ['margin', 'available', 'linger', 'close', 'deadline'] as const) {
          expect(large.budget[part]).toBeGreaterThanOrEqual(small.budget[part])
        }
        expect(small.budget.margin).toBe(Math.min(SECOND, Math.floor(gracePeriod * 0.05)))
        expect(small.budget.close).toBe(Math.min(5 * SECOND, Math.floor(small.budget.available * 0.2)))
        expect(small.budget.linger).toBe(Math.min(SECOND, Math.floor(small.budget.available * 0.1)))
        expect(small.budget.lameDuck).toEqual({
          ms: Math.min(10 * SECOND, Math.floor(small.budget.available * 0.35)),
          explicit: false,
        })
      }),
    )
  })
})

describe('drainDeadlines', () => {
  test('leaves everything until closing begins', () => {
    const last = 24 * SECOND
    expect(drainDeadlines(planBudget({}).budget, 10 * SECOND)).toEqual({ requests: last, longLived: last, last })
  })

  test('counts each limit from the end of the lame duck', () => {
    const { budget } = planBudget({ requests: 4 * SECOND, longLived: 2 * SECOND })
    expect(drainDeadlines(budget, 10 * SECOND)).toEqual({
      requests: 14 * SECOND,
      longLived: 12 * SECOND,
      last: 14 * SECOND,
    })
    expect(drainDeadlines(budget, 0)).toEqual({ requests: 4 * SECOND, longLived: 2 * SECOND, last: 4 * SECOND })
  })

  test('gives what is long-lived all there is when only requests are limited, and the other way round', () => {
    const { budget: requests } = planBudget({ requests: SECOND })
    expect(drainDeadlines(requests, 0)).toEqual({ requests: SECOND, longLived: 24 * SECOND, last: 24 * SECOND })
    const { budget: longLived } = planBudget({ longLived: SECOND })
    expect(drainDeadlines(longLived, 0)).toEqual({ requests: 24 * SECOND, longLived: SECOND, last: 24 * SECOND })
  })

  test('is never later than closing needs, however late the lame duck ended', () => {
    const { budget } = planBudget({ requests: 14 * SECOND, longLived: 14 * SECOND })
    expect(drainDeadlines(budget, 11 * SECOND).last).toBe(24 * SECOND)
  })
})

describe('closeLimit', () => {
  test.each([
    [5_000, 1, 5_000],
    [5_000, 4, 1_250],
    [0, 2, 0],
    [-20, 2, 0],
    [5_000, 0, 5_000],
  ])('gives %d ms and %d levels %d ms', (remaining, levels, limit) => {
    expect(closeLimit(remaining, levels)).toBe(limit)
  })

  test('lets every level have its turn when each takes all it is given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 20 }), (close, levels) => {
        let remaining = close
        for (let left = levels; left > 0; left -= 1) {
          const limit = closeLimit(remaining, left)
          expect(limit).toBeCloseTo(close / levels)
          remaining -= limit
        }
        expect(remaining).toBeCloseTo(0)
      }),
    )
  })
})

/** What a user may give: some of it fits, some does not. */
function anyDurations(): fc.Arbitrary<ShutdownDurations> {
  const ms = fc.nat({ max: 20 * SECOND })
  return fc.record(
    {
      gracePeriod: fc.integer({ min: 1, max: 100 * SECOND }),
      preStop: fc.oneof(fc.constant(false as const), ms),
      margin: fc.nat({ max: 2 * SECOND }),
      lameDuck: fc.oneof(fc.constant(false as const), ms),
      linger: fc.oneof(fc.constant(false as const), ms),
      requests: ms,
      longLived: ms,
      close: ms,
    },
    { requiredKeys: [] },
  )
}
