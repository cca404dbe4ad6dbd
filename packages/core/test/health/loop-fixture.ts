import type { CheckContext, CheckResult } from '../../src/dependency.ts'
import { CheckLoop } from '../../src/health/check-loop.ts'
import type { ResolvedCheckOptions } from '../../src/health/check-options.ts'
import { isChanging, nextState } from '../../src/health/check-state.ts'
import type { CheckState } from '../../src/health/check-state.ts'
import type { HealthStatus } from '../../src/health/health-report.ts'
import { SILENT } from '../../src/logger.ts'

/** The documented defaults. */
export const OPTIONS: ResolvedCheckOptions = Object.freeze({
  interval: 10_000,
  retryInterval: 1_000,
  timeout: 1_000,
  fall: 3,
  rise: 2,
  abandonAfter: 30_000,
  staleAfter: 31_000,
  holdDown: false,
})

/** Half of every jitter: no deviation, and the second run half an interval after the first. */
export const MIDDLE = (): number => 0.5

/** What the turn of the event loop granted at a limit takes on the fake clock, in milliseconds. */
export const TURN = 1

export interface RecordedRun {
  /** Milliseconds since the loop was started. */
  readonly at: number
  readonly context: CheckContext
}

export interface RecordedResult {
  readonly at: number
  readonly result: CheckResult
  readonly latencyMs: number
}

export interface LoopFixture {
  readonly loop: CheckLoop
  readonly runs: readonly RecordedRun[]
  readonly results: readonly RecordedResult[]
  readonly status: HealthStatus | undefined
}

export interface FixtureOptions extends Partial<ResolvedCheckOptions> {
  readonly random?: () => number
  readonly onResult?: () => void
}

/** A loop with the state machine it asks, started at once under fake timers. */
export function startLoop(
  check: (context: CheckContext, run: number) => unknown,
  { random = MIDDLE, onResult = () => {}, ...given }: FixtureOptions = {},
): LoopFixture {
  const options = { ...OPTIONS, ...given }
  const start = performance.now()
  const runs: RecordedRun[] = []
  const results: RecordedResult[] = []
  let state: CheckState | undefined
  const loop = new CheckLoop({
    check: (context) => {
      runs.push({ at: performance.now() - start, context })
      return check(context, runs.length)
    },
    options,
    logger: SILENT,
    random,
    onResult: (result, latencyMs) => {
      results.push({ at: performance.now() - start, result, latencyMs })
      state = nextState(state, result.status, options)
      onResult()
    },
    onLate: () => {},
    isChanging: () => isChanging(state),
    heldFor: () => undefined,
  })
  loop.start()
  return {
    loop,
    runs,
    results,
    get status() {
      return state?.status
    },
  }
}

export function never(): Promise<never> {
  return new Promise(() => {})
}

/** Settles after `ms` of the fake clock. */
export function after<Value>(ms: number, value: Value): Promise<Value> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms))
}
