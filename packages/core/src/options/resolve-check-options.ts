import type { CheckOptions, ResolvedCheckOptions } from '../health/check-options.ts'
import { JITTER } from '../health/jitter.ts'
import { DEFAULTS } from './defaults.ts'
import { formatDuration } from './duration.ts'
import { LONGEST_TIMER, readCount, readDuration } from './readers.ts'
import type { Section } from './section.ts'

/** What one `health` object says, in milliseconds and counts. */
export type GivenCheckOptions = { readonly [Key in keyof ResolvedCheckOptions]?: number | undefined }

/** One `health` object as it was read. */
export interface CheckOptionsReading {
  /** Without defaults, so that they can be those of whoever inherits it. */
  readonly given: GivenCheckOptions
  readonly resolved: ResolvedCheckOptions
  /** False when a default stands in for a value that could not be read: nothing can then be judged by it. */
  readonly sound: boolean
}

const NOTHING: Pick<CheckOptionsReading, 'given' | 'sound'> = { given: {}, sound: true }

/**
 * Reads one `health` object on top of what `inherited` says. Each dependency's own default of `staleAfter` follows its
 * own interval and timeout.
 */
export function readCheckOptions(
  section: Section<keyof CheckOptions>,
  inherited: Pick<CheckOptionsReading, 'given' | 'sound'> = NOTHING,
): CheckOptionsReading {
  const faultsBefore = section.faults.count
  const own: GivenCheckOptions = {
    interval: readDuration(section, 'interval', { positive: true }),
    retryInterval: readDuration(section, 'retryInterval', { positive: true }),
    timeout: readDuration(section, 'timeout', { positive: true }),
    fall: readCount(section, 'fall'),
    rise: readCount(section, 'rise'),
    abandonAfter: readDuration(section, 'abandonAfter', { positive: true }),
    staleAfter: readDuration(section, 'staleAfter', { positive: true }),
  }
  const given = withInherited(own, inherited.given)
  const resolved = fill(given)
  const sound = inherited.sound && section.faults.count === faultsBefore
  if (sound) judge(section, own, resolved)
  return { given, resolved, sound }
}

function withInherited(own: GivenCheckOptions, inherited: GivenCheckOptions): GivenCheckOptions {
  return {
    interval: own.interval ?? inherited.interval,
    retryInterval: own.retryInterval ?? inherited.retryInterval,
    timeout: own.timeout ?? inherited.timeout,
    fall: own.fall ?? inherited.fall,
    rise: own.rise ?? inherited.rise,
    abandonAfter: own.abandonAfter ?? inherited.abandonAfter,
    staleAfter: own.staleAfter ?? inherited.staleAfter,
  }
}

function fill(given: GivenCheckOptions): ResolvedCheckOptions {
  const { interval, retryInterval, timeout, fall, rise, abandonAfter, staleAfter } = DEFAULTS.health
  const resolvedInterval = given.interval ?? interval
  const resolvedTimeout = given.timeout ?? timeout
  const stale = staleAfter.intervals * resolvedInterval + staleAfter.timeouts * resolvedTimeout
  return Object.freeze({
    interval: resolvedInterval,
    retryInterval: given.retryInterval ?? retryInterval,
    timeout: resolvedTimeout,
    fall: given.fall ?? fall,
    rise: given.rise ?? rise,
    abandonAfter: given.abandonAfter ?? abandonAfter,
    staleAfter: given.staleAfter ?? Math.min(stale, LONGEST_TIMER),
  })
}

/** Only what this object says itself can be wrong here; what it inherits was judged where it was written. */
function judge(section: Section<keyof CheckOptions>, own: GivenCheckOptions, resolved: ResolvedCheckOptions): void {
  const { interval, timeout, abandonAfter, staleAfter } = resolved
  const saysAnyOf = (...keys: readonly (keyof GivenCheckOptions)[]) => keys.some((key) => own[key] !== undefined)

  const oldest = interval * (1 + JITTER) + timeout
  if (staleAfter <= oldest && saysAnyOf('staleAfter', 'interval', 'timeout')) {
    const reason = `a result may be ${formatDuration(oldest)} old before the next (interval + ${JITTER * 100} % + timeout)`
    section.fault(
      'staleAfter',
      `${formatDuration(staleAfter)} would call healthy checks dead: ${reason}; make it longer`,
    )
  }
  if (abandonAfter < timeout && saysAnyOf('abandonAfter', 'timeout')) {
    const message = `${formatDuration(abandonAfter)} gives a check up before its timeout of ${formatDuration(timeout)}`
    section.fault('abandonAfter', `${message}; make it at least that`)
  }
}
