import { parseDuration } from '@tidegate/core'
import type { OptionRule } from '@tidegate/core'

export const BOOLEAN: OptionRule = { fits: (value) => typeof value === 'boolean', what: 'true or false' }

export const DURATION: OptionRule = {
  fits: (value) => (parseDuration(value) ?? 0) > 0,
  what: "a duration above 0, as '250ms' or '5s'",
}

export const DURATION_OR_FALSE: OptionRule = {
  fits: (value) => value === false || DURATION.fits(value),
  what: "a duration above 0, as '250ms' or '5s', or false",
}

export const SHARE_OR_FALSE: OptionRule = {
  fits: (value) => value === false || (typeof value === 'number' && value > 0 && value <= 1),
  what: 'a share above 0 and up to 1, as 0.9, or false',
}

export const HYSTERESIS: OptionRule = {
  fits: (value) => typeof value === 'number' && value >= 0 && value < 1,
  what: 'a share from 0 and below 1, as 0.1',
}

export const HOST: OptionRule = {
  fits: (value) => typeof value === 'string' && /^[^\s/@]+$/.test(value),
  what: "a host name or an address, as 'db.internal'",
}

export const PORT: OptionRule = {
  fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
  what: 'a whole number from 1 to 65535',
}

export const PATH: OptionRule = {
  fits: (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
  what: 'a path',
}

export const DAYS: OptionRule = {
  fits: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  what: 'a number of days from 0',
}
