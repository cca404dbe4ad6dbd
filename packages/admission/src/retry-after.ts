import { parseDuration } from '@tidegate/core'
import type { OptionRule } from '@tidegate/core'

export const RETRY_AFTER: OptionRule = {
  fits: (value) => (parseDuration(value) ?? 0) >= 1_000,
  what: "a duration of at least '1s'",
}

/** The header knows whole seconds alone. */
export function toSeconds(duration: unknown): number {
  return Math.ceil((parseDuration(duration) ?? 0) / 1_000)
}
