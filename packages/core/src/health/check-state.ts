import type { HealthStatus } from './health-report.ts'

/** What the results of one check have come to so far. */
export interface CheckState {
  readonly status: HealthStatus
  /** The last result, which need not have changed `status` yet. */
  readonly latest: HealthStatus
  /** How many results in a row have said `latest`. */
  readonly consecutive: number
  /** How many results in a row have spoken against `status`; 0 when the last one agreed. */
  readonly against: number
}

/**
 * The state after one more result. The first counts at once, and so does every move between `pass` and `warn`; to leave
 * them for `fail` takes `fall` results in a row, to come back `rise`.
 */
export function nextState(
  state: CheckState | undefined,
  result: HealthStatus,
  { fall, rise }: { readonly fall: number; readonly rise: number },
): CheckState {
  if (state === undefined) return { status: result, latest: result, consecutive: 1, against: 0 }

  const consecutive = result === state.latest ? state.consecutive + 1 : 1
  const crosses = (result === 'fail') !== (state.status === 'fail')
  if (!crosses) return { status: result, latest: result, consecutive, against: 0 }

  const against = state.against + 1
  const changed = against >= (result === 'fail' ? fall : rise)
  if (changed) return { status: result, latest: result, consecutive, against: 0 }
  return { status: state.status, latest: result, consecutive, against }
}

/** A fail that nothing has to confirm; it takes `rise` results to come back from. */
export function failedState(): CheckState {
  return { status: 'fail', latest: 'fail', consecutive: 1, against: 0 }
}

/** Whether a fail has not been counted yet, or a pass is not trusted yet. */
export function isChanging(state: CheckState | undefined): boolean {
  return state !== undefined && state.against > 0
}
