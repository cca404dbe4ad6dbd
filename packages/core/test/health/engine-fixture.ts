import fc from 'fast-check'
import { vi } from 'vitest'

import type { ResolvedCheckOptions } from '../../src/health/check-options.ts'
import { HealthMonitor } from '../../src/health/health-monitor.ts'
import type { HealthStatus } from '../../src/health/health-report.ts'
import { SILENT } from '../../src/logger.ts'
import { after, never } from './loop-fixture.ts'
import type { TimedResult } from './status-model.ts'

/** What one run of a check does: says this after so many milliseconds, or never anything. */
export type Outcome = 'never' | { readonly status: HealthStatus; readonly after: number }

export interface TracedRun {
  readonly at: number
  /** When it settled by itself; absent for one that never does. */
  settledAt?: number
  abortedAt?: number
}

/** What happened, in milliseconds since the check began, by a clock that never jumps. */
export interface Trace {
  readonly runs: TracedRun[]
  readonly results: TimedResult[]
  /** The status after each result. */
  readonly statuses: HealthStatus[]
  /** Every change of the status, also those that no result has brought. */
  readonly changes: TimedResult[]
}

export interface Traced {
  readonly trace: Trace
  readonly monitor: HealthMonitor
}

/** One dependency whose check does the outcomes in turn, and the last over and over. Begun at once, under fake timers. */
export function traceOf(
  options: ResolvedCheckOptions,
  outcomes: readonly Outcome[],
  random: () => number = Math.random,
): Traced {
  const start = performance.now()
  // The fake clock adds up whole milliseconds, and leaves dust behind the point, also below zero.
  const now = (): number => Math.round(performance.now() - start) + 0
  const trace: Trace = { runs: [], results: [], statuses: [], changes: [] }
  const monitor: HealthMonitor = new HealthMonitor({
    dependencies: [
      {
        name: 'store',
        critical: true,
        scope: 'remote',
        liveness: false,
        dependsOn: [],
        warmsUp: false,
        options,
        check: async ({ signal }) => {
          const run: TracedRun = { at: now() }
          const outcome = outcomes[Math.min(trace.runs.length, outcomes.length - 1)] ?? 'never'
          trace.runs.push(run)
          signal.addEventListener('abort', () => (run.abortedAt = now()))
          if (outcome === 'never') return never()
          if (outcome.after > 0) await after(outcome.after, undefined)
          run.settledAt = now()
          return { status: outcome.status }
        },
      },
    ],
    rootCauseOf: () => undefined,
    emit: (event, value) => {
      if (event === 'check' && 'result' in value) {
        trace.results.push({ at: now(), status: value.result.status })
        trace.statuses.push(monitor.statusOf('store'))
      } else if (event === 'health' && 'status' in value) {
        trace.changes.push({ at: now(), status: value.status })
      }
    },
    logger: SILENT,
    onChange: () => {},
    random,
  })
  monitor.begin('store')
  return { trace, monitor }
}

/** Numbers that `createLifecycle` would take. */
export const anyOptions: fc.Arbitrary<ResolvedCheckOptions> = fc
  .record({
    interval: fc.integer({ min: 200, max: 20_000 }),
    retryShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
    timeout: fc.integer({ min: 50, max: 3_000 }),
    fall: fc.integer({ min: 1, max: 5 }),
    rise: fc.integer({ min: 1, max: 5 }),
    beyondTimeout: fc.integer({ min: 0, max: 20_000 }),
    beyondOldest: fc.integer({ min: 5, max: 60_000 }),
    holdDown: fc.option(
      fc.record({ base: fc.integer({ min: 100, max: 20_000 }), beyondBase: fc.integer({ min: 0, max: 60_000 }) }),
    ),
  })
  .map(({ interval, retryShare, timeout, fall, rise, beyondTimeout, beyondOldest, holdDown }) => ({
    interval,
    retryInterval: Math.ceil(interval * retryShare),
    timeout,
    fall,
    rise,
    abandonAfter: timeout + beyondTimeout,
    staleAfter: Math.ceil(1.1 * interval) + timeout + beyondOldest,
    holdDown: holdDown !== null && { base: holdDown.base, max: holdDown.base + holdDown.beyondBase },
  }))

const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('never' as const) },
  {
    weight: 9,
    arbitrary: fc.record({
      status: fc.constantFrom<HealthStatus>('pass', 'pass', 'warn', 'fail', 'fail'),
      after: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 1, max: 40_000 })),
    }),
  },
)

export const anyOutcomes: fc.Arbitrary<readonly Outcome[]> = fc.array(anyOutcome, { minLength: 1, maxLength: 30 })

/** Numbers from 0 up to 1, the same for every call with the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What a suspended process sees when it wakes up: whatever came due meanwhile is late, and happens at once. */
export function suspendFor(ms: number): void {
  const { clock } = setTimeout as unknown as { clock: { jump(ms: number): void } }
  clock.jump(ms)
}

export function jumpWallClock(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}
