import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { failedState, isChanging, nextState } from '../../src/health/check-state.ts'
import type { CheckState } from '../../src/health/check-state.ts'
import type { HealthStatus } from '../../src/health/health-report.ts'

const results = fc.array(fc.constantFrom<HealthStatus>('pass', 'warn', 'fail'), { minLength: 1, maxLength: 40 })
const thresholds = fc.record({ fall: fc.integer({ min: 1, max: 5 }), rise: fc.integer({ min: 1, max: 5 }) })

function run(statuses: readonly HealthStatus[], options: { fall: number; rise: number }): CheckState {
  const state = statuses.reduce<CheckState | undefined>((before, one) => nextState(before, one, options), undefined)
  if (state === undefined) throw new Error('no results')
  return state
}

/** The rule written the slow way: after each result, look back over everything that came so far. */
function naiveStatus(statuses: readonly HealthStatus[], { fall, rise }: { fall: number; rise: number }): HealthStatus {
  let [status] = statuses as [HealthStatus]
  for (let end = 2; end <= statuses.length; end += 1) {
    const latest = statuses[end - 1] as HealthStatus
    const lastFall = statuses.slice(0, end).slice(-fall)
    const lastRise = statuses.slice(0, end).slice(-rise)
    if (latest === 'fail') {
      if (lastFall.length === fall && lastFall.every((one) => one === 'fail')) status = 'fail'
    } else if (status !== 'fail' || (lastRise.length === rise && lastRise.every((one) => one !== 'fail'))) {
      status = latest
    }
  }
  return status
}

function lastRun(statuses: readonly HealthStatus[]): number {
  const reversed = statuses.toReversed()
  const change = reversed.findIndex((one) => one !== reversed[0])
  return change === -1 ? reversed.length : change
}

describe('nextState', () => {
  it('lets the very first result count at once', () => {
    for (const status of ['pass', 'warn', 'fail'] as const) {
      expect(nextState(undefined, status, { fall: 3, rise: 2 }).status).toBe(status)
    }
  })

  it('takes fall fails in a row to fail, and begins to count anew after each pass', () => {
    const options = { fall: 3, rise: 2 }
    expect(run(['pass', 'fail', 'fail'], options).status).toBe('pass')
    expect(run(['pass', 'fail', 'fail', 'fail'], options).status).toBe('fail')
    expect(run(['pass', 'fail', 'fail', 'warn', 'fail', 'fail'], options).status).toBe('warn')
  })

  it('takes rise results that are no fail to recover, and recovers to the last of them', () => {
    const options = { fall: 3, rise: 2 }
    expect(run(['fail', 'pass'], options).status).toBe('fail')
    expect(run(['fail', 'pass', 'warn'], options).status).toBe('warn')
    expect(run(['fail', 'pass', 'fail', 'pass'], options).status).toBe('fail')
  })

  it('agrees with looking back over all results', () => {
    fc.assert(
      fc.property(results, thresholds, (statuses, options) => {
        const state = run(statuses, options)
        expect(state.status).toBe(naiveStatus(statuses, options))
        expect(state.latest).toBe(statuses.at(-1))
        expect(state.consecutive).toBe(lastRun(statuses))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('isChanging', () => {
  it('is true exactly while the last result is on the other side of fail than the status', () => {
    fc.assert(
      fc.property(results, thresholds, (statuses, options) => {
        const state = run(statuses, options)
        expect(isChanging(state)).toBe((state.latest === 'fail') !== (state.status === 'fail'))
      }),
    )
  })

  it('is false before the first result', () => {
    expect(isChanging(undefined)).toBe(false)
  })
})

describe('failedState', () => {
  it('fails at once, and is left like any other fail', () => {
    expect(failedState().status).toBe('fail')
    const once = nextState(failedState(), 'pass', { fall: 3, rise: 2 })
    expect(once.status).toBe('fail')
    expect(nextState(once, 'pass', { fall: 3, rise: 2 }).status).toBe('pass')
  })
})
