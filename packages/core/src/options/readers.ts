import { describeChoices, describeValue } from './describe-value.ts'
import { parseDuration } from './duration.ts'
import { nearestName } from './nearest-name.ts'
import type { Section } from './section.ts'

/** Node fires a timer that is longer than this after 1 ms instead. */
export const LONGEST_TIMER: number = 2 ** 31 - 1

/** What a duration must be besides readable. */
export interface DurationRule {
  /** Refuses 0, where it would spin, or mean that nothing is ever in time. */
  readonly positive?: boolean
  /** Refuses a bare number under 1000, which was meant in seconds. */
  readonly unlikelyInMilliseconds?: boolean
  /** Whether messages may advise to write `false` instead. */
  readonly canBeFalse?: boolean
}

// Every reader gives `undefined` both for what is not given and for what is wrong, which it has then reported: a
// default stands in, and reading goes on to the next fault.

/** @returns Milliseconds. */
export function readDuration<Key extends string>(
  section: Section<Key>,
  key: Key,
  rule: DurationRule = {},
): number | undefined {
  const value = section.get(key)
  if (value === undefined) return undefined
  const milliseconds = parseDuration(value)
  const fault = milliseconds === undefined ? unreadable(value) : judge(milliseconds, value, rule)
  if (fault === undefined) return milliseconds
  section.fault(key, fault)
  return undefined
}

/** As {@link readDuration}, for what can be switched off. */
export function readDurationOrFalse<Key extends string>(
  section: Section<Key>,
  key: Key,
  rule: DurationRule = {},
): number | false | undefined {
  return section.get(key) === false ? false : readDuration(section, key, { ...rule, canBeFalse: true })
}

export function readCount<Key extends string>(section: Section<Key>, key: Key): number | undefined {
  const value = section.get(key)
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  section.fault(key, `must be a whole number of at least 1, not ${describeValue(value)}`)
  return undefined
}

export function readBoolean<Key extends string>(section: Section<Key>, key: Key): boolean | undefined {
  const value = section.get(key)
  if (value === undefined || typeof value === 'boolean') return value
  section.fault(key, `must be true or false, not ${describeValue(value)}`)
  return undefined
}

export function readText<Key extends string>(section: Section<Key>, key: Key): string | undefined {
  const value = section.get(key)
  if (value === undefined || typeof value === 'string') return value
  section.fault(key, `must be a string, not ${describeValue(value)}`)
  return undefined
}

/** Reads a list of strings without what is in it twice. */
export function readNames<Key extends string>(section: Section<Key>, key: Key): readonly string[] | undefined {
  const value = section.get(key)
  if (value === undefined) return undefined
  if (isListOfStrings(value)) return Object.freeze([...new Set(value)])
  section.fault(key, `must be a list of names, not ${Array.isArray(value) ? 'of other things' : describeValue(value)}`)
  return undefined
}

export function readChoice<Key extends string, Choice extends string>(
  section: Section<Key>,
  key: Key,
  choices: readonly Choice[],
): Choice | undefined {
  const value = section.get(key)
  if (value === undefined) return undefined
  const choice = choices.find((candidate) => candidate === value)
  if (choice !== undefined) return choice
  const nearest = typeof value === 'string' ? nearestName(value, choices) : undefined
  const advice = nearest === undefined ? '' : `; did you mean '${nearest}'?`
  section.fault(key, `must be ${describeChoices(choices)}, not ${describeValue(value)}${advice}`)
  return undefined
}

/** `every` alone would skip the holes of a list; a copy has `undefined` in their place. */
function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && Array.from<unknown>(value).every((entry) => typeof entry === 'string')
}

function unreadable(value: unknown): string {
  if (typeof value === 'number' && value < 0) return `must not be negative, which ${value} is`
  const advice = "write milliseconds as a number, or a string such as '250ms', '5s', '2m' or '1h'"
  return `cannot be read as a duration: ${describeValue(value)}; ${advice}`
}

function judge(milliseconds: number, value: unknown, rule: DurationRule): string | undefined {
  if (rule.positive && milliseconds === 0) return 'must be more than 0'
  if (rule.unlikelyInMilliseconds && typeof value === 'number' && value < 1_000) {
    if (value === 0 && rule.canBeFalse) return 'write false for none, not 0'
    return `${value} is in milliseconds; did you mean '${value}s'? (If not, write '${value}ms'.)`
  }
  if (milliseconds > LONGEST_TIMER) {
    return `${describeValue(value)} is longer than Node's timers can run, which is 24 days`
  }
  return undefined
}
