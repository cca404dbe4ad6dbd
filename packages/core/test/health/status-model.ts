import type { ResolvedCheckOptions } from '../../src/health/check-options.ts'
import type { HealthStatus } from '../../src/health/health-report.ts'

export interface TimedResult {
  readonly at: number
  readonly status: HealthStatus
}

/**
 * What the results so far must have come to, written the slow way: with no state but the list of what the status was
 * after each result, and by looking back over both lists.
 */
export function statusAfter(
  results: readonly TimedResult[],
  options: Pick<ResolvedCheckOptions, 'fall' | 'rise' | 'holdDown'>,
): HealthStatus {
  return historyOf(results, options).at(-1) ?? 'fail'
}

export function historyOf(
  results: readonly TimedResult[],
  { fall, rise, holdDown }: Pick<ResolvedCheckOptions, 'fall' | 'rise' | 'holdDown'>,
): HealthStatus[] {
  const history: HealthStatus[] = []
  for (const [index, { at, status }] of results.entries()) {
    const before = history[index - 1]
    const soFar = results.slice(0, index + 1)
    const sameSide = soFar.slice(soFar.findLastIndex((one) => (one.status === 'fail') !== (status === 'fail')) + 1)
    if (before === undefined || (before === 'fail') === (status === 'fail')) history.push(status)
    else if (status === 'fail') history.push(sameSide.length >= fall ? 'fail' : before)
    else {
      const risen = sameSide[rise - 1]
      const lasted = risen !== undefined && at - risen.at >= holdAfter(results, history, holdDown)
      history.push(lasted ? status : 'fail')
    }
  }
  return history
}

/** Milliseconds a recovery has still to last after the last result; `undefined` when nothing or more is missing to it. */
export function holdLeftAfter(
  results: readonly TimedResult[],
  options: Pick<ResolvedCheckOptions, 'fall' | 'rise' | 'holdDown'>,
): number | undefined {
  const last = results.at(-1)
  const history = historyOf(results, options)
  const streak = results.slice(results.findLastIndex(({ status }) => status === 'fail') + 1)
  const risen = streak[options.rise - 1]
  if (last === undefined || history.at(-1) !== 'fail' || risen === undefined) return undefined
  return risen.at + holdAfter(results, history, options.holdDown) - last.at
}

/** How long a recovery that begins now must last: doubled for each fall since one that came late after a recovery. */
function holdAfter(
  results: readonly TimedResult[],
  history: readonly HealthStatus[],
  holdDown: ResolvedCheckOptions['holdDown'],
): number {
  if (holdDown === false) return 0
  const timeOf = (index: number): number => results[index]?.at ?? Number.NaN
  const turns = history.flatMap((status, index) => {
    const isTurn = index > 0 && (status === 'fail') !== (history[index - 1] === 'fail')
    return isTurn ? [{ at: timeOf(index), status }] : []
  })
  const falls = turns.filter(({ status }) => status === 'fail')
  if (falls.length === 0) return 0
  const recoveries = turns.slice(turns[0]?.status === 'fail' ? 0 : 1).filter(({ status }) => status !== 'fail')
  const wellFor = falls.slice(1).map(({ at }, index) => at - (recoveries[index]?.at ?? Number.NaN))
  const repeats = wellFor.length - 1 - wellFor.findLastIndex((time) => time > holdDown.max)
  return Math.min(holdDown.base * 2 ** repeats, holdDown.max)
}
