import { parseDuration } from '@tidegate/core'
import type { Duration, OptionRule } from '@tidegate/core'

const LONGEST_BY_DEFAULT = '5s'

/** How long the first of several clients may wait for the last to be told: the rest of the time is for them to answer. */
const LARGEST_SHARE = 0.5

export const STAGGER_RULE: OptionRule = {
  fits: (value) => value === false || parseDuration(value) !== undefined,
  what: "milliseconds, a duration as '5s', or false to tell all at once",
}

/** @param leftMs What is left of `shutdown.longLived`. */
export function staggerWindow(stagger: Duration | false = LONGEST_BY_DEFAULT, leftMs: number): number {
  return stagger === false ? 0 : Math.min(parseDuration(stagger) ?? 0, leftMs * LARGEST_SHARE)
}
