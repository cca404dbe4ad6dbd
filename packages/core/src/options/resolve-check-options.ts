import type { CheckOptions, ResolvedCheckOptions, ResolvedHoldDown } from '../health/check-options.ts'
import { JITTER } from '../health/jitter.ts'
import { DEFAULTS } from './defaults.ts'
import { describeValue } from './describe-value.ts'
import { formatDuration } from './duration.ts'
import { LONGEST_TIMER, readCount, readDuration } from './readers.ts'
import { isRecord } from './section.ts'
import type { Section } from './section.ts'

/** What one `health` object says, in milliseconds and counts. */
export type GivenCheckOptions = { readonly [Key in keyof ResolvedCheckOptions]?: ResolvedCheckOptions[Key] | undefined }

/** One `health` object as it was read. */
export interface CheckOptionsReading {
  /** Without defaults, so that they can be those of whoever inherits it. */
  readonly given: GivenCheckOptions
  readonly resolved: ResolvedCheckOptions
  /** False when a default stands in for a value that could not be read: nothing can then be judged by it. */
  readonly sound: boolean
}

const HOLD_DOWN = "{ base: '10s', max: '5m' }"

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
    holdDown: readHoldDown(section),
  }
  const given = withInherited(own, inherited.given)
  const resolved = fill(given)
  const sound = inherited.sound && section.faults.count === faultsBefore
  if (sound) judge(section, own, resolved)
  return { given, resolved, sound }
}

function readHoldDown(checkSection: Section<keyof CheckOptions>): ResolvedHoldDown | false | undefined {
  const value = checkSection.get('holdDown')
  if (value === undefined || value === false) return value
  if (!isRecord(value)) {
    checkSection.fault('holdDown', `must be ${HOLD_DOWN}, or false for none, not ${describeValue(value)}`)
    return undefined
  }
  const faultsBefore = checkSection.faults.count
  const section = checkSection.section('holdDown', ['base', 'max'])
  const base = readDuration(section, 'base', { positive: true })
  const max = readDuration(section, 'max', { positive: true })
  if (checkSection.faults.count > faultsBefore) return undefined
  if (base === undefined || max === undefined) {
    checkSection.fault('holdDown', `needs both base and max, as ${HOLD_DOWN}`)
    return undefined
  }
  if (max < base) {
    section.fault(
      'max',
      `${formatDuration(max)} is less than base, which is ${formatDuration(base)}; the hold only grows`,
    )
  }
  return Object.freeze({ base, max })
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
    holdDown: own.holdDown ?? inherited.holdDown,
  }
}

function fill(given: GivenCheckOptions): ResolvedCheckOptions {
  const { interval, retryInterval, timeout, fall, rise, abandonAfter, staleAfter, holdDown } = DEFAULTS.health
  const resolvedInterval = given.interval ?? interval
  const resolvedTimeout = given.timeout ?? timeout
  const stale = staleAfter.intervals * resolvedInterval + staleAfter.timeouts * resolvedTimeout
  return Object.freeze({
    interval: resolvedInterval,
    // Meant to be sooner: one that is later than the next steady check would leave results to grow stale.
    retryInterval: Math.min(given.retryInterval ?? retryInterval, resolvedInterval),
    timeout: resolvedTimeout,
    fall: given.fall ?? fall,
    rise: given.rise ?? rise,
    abandonAfter: given.abandonAfter ?? abandonAfter,
    staleAfter: given.staleAfter ?? Math.min(stale, LONGEST_TIMER),
    holdDown: given.holdDown ?? holdDown,
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
  if (own.retryInterval !== undefined && own.retryInterval > interval) {
    const message = `${formatDuration(own.retryInterval)} is longer than interval, which is ${formatDuration(interval)}`
    section.fault('retryInterval', `${message}; a check is asked sooner while its state is changing`)
  }
  if (abandonAfter < timeout && saysAnyOf('abandonAfter', 'timeout')) {
    const message = `${formatDuration(abandonAfter)} gives a check up before its timeout of ${formatDuration(timeout)}`
    section.fault('abandonAfter', `${message}; make it at least that`)
  }
}
