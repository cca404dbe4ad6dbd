import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { ResolvedHoldDown } from '../../src/health/check-options.ts'
import { nextState } from '../../src/health/check-state.ts'
import type { CheckState } from '../../src/health/check-state.ts'
import type { HealthStatus } from '../../src/health/health-report.ts'
import { HoldDown } from '../../src/health/hold-down.ts'
import { statusAfter } from './status-model.ts'
import type { TimedResult } from './status-model.ts'

const QUICK = { fall: 1, rise: 1 }

interface Step {
  readonly at: number
  readonly status: HealthStatus
  readonly until: number | undefined
}

function run(
  results: readonly TimedResult[],
  holdDown: ResolvedHoldDown | false,
  thresholds: { readonly fall: number; readonly rise: number } = QUICK,
): Step[] {
  const hold = new HoldDown(holdDown)
  let state: CheckState | undefined
  return results.map(({ at, status }) => {
    state = hold.apply(state, nextState(state, status, thresholds), at)
    return { at, status: state.status, until: hold.until }
  })
}

const passAt = (at: number): TimedResult => ({ at, status: 'pass' })
const failAt = (at: number): TimedResult => ({ at, status: 'fail' })
const secondsIn = (steps: readonly Step[], status: HealthStatus): number[] =>
  steps.filter((step) => step.status === status).map(({ at }) => at)

describe('HoldDown', () => {
  it('holds after the first fall for base, counted from the pass that rise is content with', () => {
    const results = [passAt(0), failAt(10), passAt(20), passAt(21), passAt(24), passAt(26)]
    expect(run(results, { base: 5, max: 100 }, { fall: 1, rise: 2 })).toEqual([
      { at: 0, status: 'pass', until: undefined },
      { at: 10, status: 'fail', until: undefined },
      { at: 20, status: 'fail', until: undefined },
      { at: 21, status: 'fail', until: 26 },
      { at: 24, status: 'fail', until: 26 },
      { at: 26, status: 'pass', until: undefined },
    ])
  })

  it('begins the wait anew after a single fail, however high fall is', () => {
    const results = [passAt(0), failAt(1), failAt(2), passAt(3), failAt(7), passAt(8), passAt(12), passAt(13)]
    const steps = run(results, { base: 5, max: 100 }, { fall: 2, rise: 1 })
    expect(secondsIn(steps, 'pass')).toEqual([0, 1, 13])
    expect(steps.map(({ until }) => until)).toEqual([undefined, undefined, undefined, 8, undefined, 13, 13, undefined])
  })

  it('doubles with every fall soon after a recovery, up to max', () => {
    const everySecond = Array.from({ length: 200 }, (_, at) => at)
    let well = true
    let lastFall = 0
    const holds: number[] = []
    const hold = new HoldDown({ base: 3, max: 20 })
    let state: CheckState | undefined
    for (const at of everySecond) {
      // Falls as soon as it is believed to be well.
      const next = nextState(state, well && at > 0 ? 'fail' : 'pass', QUICK)
      state = hold.apply(state, next, at)
      if (state.status !== 'fail' && !well) holds.push(at - lastFall - 1)
      if (state.status === 'fail' && well) lastFall = at
      well = state.status !== 'fail'
    }
    expect(holds.slice(0, 6)).toEqual([3, 6, 12, 20, 20, 20])
  })

  it('forgets what came before a recovery that has lasted for max', () => {
    const flap = (at: number): TimedResult[] => [failAt(at), passAt(at + 1)]
    const results = [passAt(0), ...flap(1), passAt(12), ...flap(32), passAt(53), ...flap(74), passAt(85)]
    const steps = run(results, { base: 10, max: 20 })
    expect(steps.map(({ until }) => until).filter((until) => until !== undefined)).toEqual([12, 53, 85])
    expect(secondsIn(steps, 'pass')).toEqual([0, 12, 53, 85])
  })

  it('does not hold one that has failed since its first result', () => {
    const steps = run([failAt(0), failAt(1), passAt(2), failAt(3), passAt(4)], { base: 10, max: 20 })
    expect(steps.map(({ status, until }) => [status, until])).toEqual([
      ['fail', undefined],
      ['fail', undefined],
      ['pass', undefined],
      ['fail', undefined],
      ['fail', 14],
    ])
  })

  it('changes nothing while it is off', () => {
    const steps = run([passAt(0), failAt(1), passAt(2)], false)
    expect(steps.map(({ status, until }) => [status, until])).toEqual([
      ['pass', undefined],
      ['fail', undefined],
      ['pass', undefined],
    ])
  })

  it('agrees with looking back over all results, whatever they are', () => {
    const result = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom<HealthStatus>('pass', 'pass', 'warn', 'fail'),
    )
    const threshold = fc.integer({ min: 1, max: 3 })
    const holdDown = fc.record({ base: fc.integer({ min: 1, max: 40 }), beyond: fc.integer({ min: 0, max: 80 }) })
    fc.assert(
      fc.property(
        fc.array(result, { minLength: 1, maxLength: 60 }),
        fc.record({ fall: threshold, rise: threshold }),
        fc.option(holdDown),
        (pauses, thresholds, given) => {
          const options = given === null ? false : { base: given.base, max: given.base + given.beyond }
          let at = 0
          const results = pauses.map(([pause, status]) => ({ at: (at += pause), status }))
          const expected = results.map((_, index) =>
            statusAfter(results.slice(0, index + 1), { ...thresholds, holdDown: options }),
          )
          expect(run(results, options, thresholds).map(({ status }) => status)).toEqual(expected)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
