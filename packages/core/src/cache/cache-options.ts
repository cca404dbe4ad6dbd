import type { DependencyOptions, OptionRule } from '../dependency-options.ts'
import { assertDependencyOptions } from '../dependency-options.ts'
import type { WarmUpContext } from '../dependency.ts'
import { JITTER } from '../health/jitter.ts'
import type { Lock } from '../lock.ts'
import { formatDuration, parseDuration } from '../options/duration.ts'
import type { Duration } from '../options/duration.ts'
import { LONGEST_TIMER } from '../options/readers.ts'
import { isRecord } from '../options/section.ts'

const COMMON = ['critical', 'dependsOn', 'rewarm', 'limits', 'health'] as const

export interface CacheOptions<Value> extends Pick<DependencyOptions, (typeof COMMON)[number]> {
  /**
   * Loads the value; a rejection is retried like any warm-up. Its `signal` aborts at `limits.warmUp`, when another load
   * has to take its place, and when the cache closes; one that does not mind it may overlap with the next, unless there is
   * a `lock`.
   */
  readonly load: (context: WarmUpContext) => Promise<Value>
  /**
   * How long after the end of one load the next begins in the background, give or take 10 %. At least `'1s'`. When it
   * fails the last good value is kept, the check says `warn`, and it is tried again by `warmUp.retry`, but after 1 s at the
   * earliest and `refresh` at the latest. Default `false`: it is loaded once.
   */
  readonly refresh?: Duration | false | undefined
  /** The age past which the value fails the check; more than `refresh` + 10 %. Default `false`: never. */
  readonly staleFor?: Duration | false | undefined
  /**
   * Held by every load, the first and later ones, so that a fleet does not ask all at once; until the load has settled,
   * and no other begins before. Waiting for either counts into `limits.warmUp`. When the cache closes its load is aborted, and
   * what it holds is given back. Default none.
   */
  readonly lock?: Lock | undefined
}

/** With milliseconds for what was given. */
export interface CacheTimes {
  readonly refresh: number | undefined
  readonly staleFor: number | undefined
}

const MOST_REFRESH = Math.floor(LONGEST_TIMER / (1 + JITTER))

const OWN: Readonly<Record<string, OptionRule>> = {
  load: { fits: (value) => typeof value === 'function', what: 'a function that loads the value' },
  refresh: {
    fits: (value) => value === false || isBetween(1_000, MOST_REFRESH, value),
    what: "a duration from '1s' to 22 days, as '5m', or false for never",
  },
  staleFor: {
    fits: (value) => value === false || isBetween(1, Number.MAX_SAFE_INTEGER, value),
    what: "a duration, as '1h', or false for never",
  },
  lock: {
    fits: (value) => isRecord(value) && typeof value['acquire'] === 'function',
    what: 'a lock, as redisLock(client, { holders: 2 })',
  },
}

/**
 * Refuses what cannot work, every fault in one error.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function readCacheOptions<Value>(name: string, options: CacheOptions<Value>): CacheTimes {
  const faults = isRecord(options) ? ownFaults(options) : ['options.load is missing: it loads the value']
  assertDependencyOptions({ call: `cache("${name}", options)`, options, common: COMMON, own: OWN, faults })
  return { refresh: toMilliseconds(options.refresh), staleFor: toMilliseconds(options.staleFor) }
}

function ownFaults(options: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = []
  const refresh = toMilliseconds(options['refresh'])
  const staleFor = toMilliseconds(options['staleFor'])
  if (options['load'] === undefined) faults.push('options.load is missing: it loads the value')
  if (options['health'] !== undefined && refresh === undefined && staleFor === undefined) {
    faults.push(
      'options.health is of a check, and there is one with refresh or staleFor alone: leave it out, or give one',
    )
  }
  const oldest = refresh === undefined ? 0 : refresh * (1 + JITTER)
  if (staleFor !== undefined && staleFor <= oldest) {
    const reason = `a value is up to ${formatDuration(oldest)} old when it is loaded again (refresh + ${JITTER * 100} %)`
    faults.push(`options.staleFor is ${formatDuration(staleFor)}, and ${reason}: make it longer`)
  }
  return faults
}

function isBetween(least: number, most: number, value: unknown): boolean {
  const milliseconds = parseDuration(value)
  return milliseconds !== undefined && milliseconds >= least && milliseconds <= most
}

function toMilliseconds(value: unknown): number | undefined {
  return value === false ? undefined : parseDuration(value)
}
