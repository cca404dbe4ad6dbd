import { assertDependencyOptions, lifecycleFaults, parseDuration } from '@tidegate/core'
import type { Duration, Lifecycle, OptionRule } from '@tidegate/core'

import { RETRY_AFTER, toSeconds } from './retry-after.ts'

/** Above `enter` it begins; at `leave` or below it is over. */
export interface Limits<Value> {
  readonly enter: Value
  readonly leave: Value
}

export interface OverloadOptions {
  /**
   * How late the event loop runs one of ten callbacks, over half a second. One number is where it begins, and half of it
   * where it is over.
   * Default `'500ms'`; `false` does not look at it.
   */
  readonly eventLoopDelay?: Duration | Limits<Duration> | false | undefined
  /**
   * The share of the time in which the event loop is busy, over half a second: 0 to 1. One number is where it begins, and
   * 90 % of it where it is over. Default `false`: a busy loop is no overload yet.
   */
  readonly eventLoopUtilization?: number | Limits<number> | false | undefined
  /** What a refused client is told to wait, in whole seconds. Default `'1s'`. */
  readonly retryAfter?: Duration | undefined
  /**
   * Whether the instance is also not ready meanwhile. Default `false`: what is taken from one that is overloaded comes to
   * the others, which are no better.
   */
  readonly readiness?: boolean | undefined
}

export interface ResolvedOverloadOptions {
  /** In milliseconds. */
  readonly delay: Limits<number> | undefined
  readonly utilization: Limits<number> | undefined
  readonly retryAfterSeconds: number
  readonly readiness: boolean
}

const RULES: Readonly<Record<keyof OverloadOptions, OptionRule>> = {
  eventLoopDelay: {
    fits: (value) => value === false || readDelay(value) !== undefined,
    what: "a duration, as '500ms', or { enter, leave } with leave no more than enter, or false",
  },
  eventLoopUtilization: {
    fits: (value) => value === false || readUtilization(value) !== undefined,
    what: 'a number above 0 and below 1, or { enter, leave } with leave no more than enter, or false',
  },
  retryAfter: RETRY_AFTER,
  readiness: { fits: (value) => typeof value === 'boolean', what: 'true or false' },
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function readOverloadOptions(lifecycle: Lifecycle, options: OverloadOptions): ResolvedOverloadOptions {
  const { eventLoopDelay = '500ms', eventLoopUtilization = false, retryAfter = '1s', readiness = false } = options ?? {}
  const faults = lifecycleFaults(lifecycle)
  if (eventLoopDelay === false && eventLoopUtilization === false) {
    faults.push('options.eventLoopDelay and options.eventLoopUtilization are both false; nothing would be looked at')
  }
  assertDependencyOptions({ call: 'overload(lifecycle, options)', options, common: [], own: { ...RULES }, faults })
  return {
    delay: readDelay(eventLoopDelay),
    utilization: readUtilization(eventLoopUtilization),
    retryAfterSeconds: toSeconds(retryAfter),
    readiness,
  }
}

function readDelay(value: unknown): Limits<number> | undefined {
  return readLimits(value, parseDuration, 0.5)
}

function readUtilization(value: unknown): Limits<number> | undefined {
  const read = (one: unknown): number | undefined => (typeof one === 'number' && one < 1 ? one : undefined)
  return readLimits(value, read, 0.9)
}

/** @param share Of `enter`, where it is over when only that is given. */
function readLimits(
  value: unknown,
  read: (one: unknown) => number | undefined,
  share: number,
): Limits<number> | undefined {
  const given = typeof value === 'object' && value !== null ? (value as Partial<Limits<unknown>>) : { enter: value }
  const enter = read(given.enter)
  if (enter === undefined || !(enter > 0)) return undefined
  const leave = given.leave === undefined ? enter * share : read(given.leave)
  return leave === undefined || leave < 0 || leave > enter ? undefined : { enter, leave }
}
