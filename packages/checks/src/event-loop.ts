import { createLoopWatch } from '@tidegate/core'
import type { CheckResult, Dependency, Duration } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import type { LocalCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'
import { livenessFaults } from './liveness-faults.ts'
import { HYSTERESIS } from './rules.ts'
import { createThresholds, hasFailAt, thresholdFaults, thresholdsRule } from './thresholds.ts'
import type { Measures } from './thresholds.ts'
import { turn } from './turn.ts'

interface EventLoopThresholds {
  /** How late callbacks run, by {@link EventLoopOptions.percentile}. `false` does not judge it. */
  readonly delay?: Duration | false | undefined
  /** The share of the time that the loop was not idle, above 0 and up to 1. `false` does not judge it. */
  readonly utilization?: number | false | undefined
}

/** Whether the event loop keeps up; its name is `'event-loop'` and it is not critical by default. */
export interface EventLoopOptions<Name extends string = string> extends LocalCheckOptions<Name> {
  /** Where it warns. Default `{ delay: '100ms', utilization: 0.95 }`. */
  readonly warnAt?: EventLoopThresholds | undefined
  /** Where it fails. Default nowhere: an instance that is taken out for its load leaves it to the others. */
  readonly failAt?: EventLoopThresholds | undefined
  /** How far below a threshold that was reached it has to fall, as a share of it. Default 0.2. */
  readonly hysteresis?: number | undefined
  /** Which of the delays since the last check is judged, above 0 and up to 100. Default 99. */
  readonly percentile?: number | undefined
}

const MEASURES: Measures<keyof EventLoopThresholds> = {
  delay: { kind: 'duration', warnAt: 100, label: 'the event loop is late by' },
  utilization: { kind: 'share', warnAt: 0.95, label: 'the event loop is busy', of: 'of the time' },
}

const RULE = thresholdsRule("{ delay: '100ms', utilization: 0.95 }")
const OWN = {
  warnAt: RULE,
  failAt: RULE,
  hysteresis: HYSTERESIS,
  percentile: {
    fits: (value: unknown) => typeof value === 'number' && value > 0 && value <= 100,
    what: 'a number above 0 and up to 100',
  },
}

/**
 * Measures how late the event loop runs what is due, and how busy it is, from one check to the next. The first check
 * begins to measure and passes.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function eventLoop<const Name extends string = 'event-loop'>(
  options: EventLoopOptions<Name> = {},
): Dependency<Name> {
  assertCheckOptions({
    call: 'eventLoop(options)',
    options,
    scope: 'local',
    own: OWN,
    faults: (given) => [
      ...thresholdFaults(given, MEASURES),
      ...livenessFaults(given, hasFailAt(given), "failAt, as { delay: '5s' }"),
    ],
  })
  const { warnAt, failAt, hysteresis = 0.2, percentile = 99 } = options
  const thresholds = createThresholds(MEASURES, { warnAt, failAt, hysteresis })
  const watch = createLoopWatch(percentile)
  let last: CheckResult = { status: 'pass', message: 'has only begun to measure' }

  return defineCheck(options, {
    name: 'event-loop',
    critical: false,
    scope: 'local',
    async check() {
      // A check that comes right after a block may run before the sample that shows it.
      await turn()
      const load = watch.read()
      if (load === undefined) return last
      const { delay, longest, utilization } = load
      const data = {
        delayMs: Math.round(delay),
        longestMs: Math.round(longest),
        utilization: Math.round(utilization * 1_000) / 1_000,
      }
      last = { ...thresholds.judge({ delay, utilization }), data }
      return last
    },
    async close() {
      watch.stop()
    },
  })
}
