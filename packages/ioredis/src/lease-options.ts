import { parseDuration } from '@tidegate/core'
import type { OptionRule } from '@tidegate/core'

const SHORTEST_LEASE_MS = 1_000
const LONGEST_LEASE_MS = 10 * 60_000

export const PREFIX: OptionRule = Object.freeze<OptionRule>({
  fits: (value) => typeof value === 'string' && /^[^{}\s]+$/.test(value),
  what: "a text without spaces and braces, as 'tidegate'",
})

export const LEASE: OptionRule = Object.freeze<OptionRule>({
  fits: (value) => {
    const ms = parseDuration(value)
    return ms !== undefined && ms >= SHORTEST_LEASE_MS && ms <= LONGEST_LEASE_MS
  },
  what: "a duration from '1s' to '10m'",
})
