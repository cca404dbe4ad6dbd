import { assertDependencyOptions, lifecycleFaults, parseDuration } from '@tidegate/core'
import type { Duration, Lifecycle, OptionRule } from '@tidegate/core'

export interface OutlierOptions {
  /** So many bad answers in a row are enough. Default 5. */
  readonly consecutive5xx?: number | undefined
  /**
   * An answer that takes longer, from the last of the request that came until its headers are sent, is as bad as a 5xx.
   * Default `false`: how long does not matter.
   */
  readonly slow?: Duration | false | undefined
  /** How long the first ejection lasts; each further one twice as long. Default `'30s'`. */
  readonly baseEjection?: Duration | undefined
  /** The longest. Default `'300s'`. */
  readonly maxEjection?: Duration | undefined
  /** Of the instances that serve, so many in a hundred may be out with this one. Default: the fleet's own number, 30. */
  readonly maxEjectionPercent?: number | undefined
  /**
   * Without a fleet: whether to leave although nobody knows how many others have. Default `false`: it only warns, because
   * one poisoned route would empty the whole fleet.
   */
  readonly alone?: boolean | undefined
}

/** Durations in milliseconds. */
export interface ResolvedOutlierOptions {
  readonly consecutive: number
  readonly slow: number
  readonly base: number
  readonly max: number
  readonly maxPercent: number | undefined
  readonly alone: boolean
}

/** Node fires a timer that is longer than this after 1 ms instead. */
const LONGEST_TIMER = 2 ** 31 - 1

const isDuration = (value: unknown): boolean => {
  const ms = parseDuration(value)
  return ms !== undefined && ms > 0 && ms <= LONGEST_TIMER
}

const OWN: Readonly<Record<keyof OutlierOptions, OptionRule>> = {
  consecutive5xx: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    what: 'a whole number of at least 1',
  },
  slow: { fits: (value) => value === false || isDuration(value), what: "a duration, as '2s', or false" },
  baseEjection: { fits: isDuration, what: "a duration, as '30s'" },
  maxEjection: { fits: isDuration, what: "a duration, as '300s'" },
  maxEjectionPercent: {
    fits: (value) => typeof value === 'number' && value > 0 && value <= 100,
    what: 'a number above 0, up to 100',
  },
  alone: { fits: (value) => typeof value === 'boolean', what: 'true or false' },
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function readOutlierOptions(lifecycle: Lifecycle, options: OutlierOptions): ResolvedOutlierOptions {
  const faults = lifecycleFaults(lifecycle)
  const base = parseDuration(options?.baseEjection ?? '30s') ?? 0
  const max = parseDuration(options?.maxEjection ?? '300s') ?? Infinity
  if (max < base) faults.push('options.maxEjection is less than baseEjection; ejections only grow')
  if (options?.alone === true && faults.length === 0 && lifecycle.fleet !== undefined) {
    faults.push('options.alone is true, and the lifecycle has a fleet, which decides; give one of them')
  }
  assertDependencyOptions({ call: 'outlier(lifecycle, options)', options, common: [], own: { ...OWN }, faults })
  const { consecutive5xx = 5, slow = false, maxEjectionPercent, alone = false } = options
  return {
    consecutive: consecutive5xx,
    slow: slow === false ? Infinity : (parseDuration(slow) ?? Infinity),
    base,
    max,
    maxPercent: maxEjectionPercent,
    alone,
  }
}
