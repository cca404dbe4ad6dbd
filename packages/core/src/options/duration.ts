/** Milliseconds as a number, or a number with its unit: `'250ms'`, `'5s'`, `'2m'`, `'1h'`. */
export type Duration = number | `${number}ms` | `${number}s` | `${number}m` | `${number}h`

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const MILLISECONDS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
])

const NUMBER_WITH_UNIT = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

/**
 * Reads a {@link Duration} as milliseconds; `undefined` when it is none. A number is taken as it is; a string is
 * rounded to the whole milliseconds that timers count in.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const [, amount, unit] = NUMBER_WITH_UNIT.exec(value) ?? []
  if (amount === undefined || unit === undefined) return undefined
  const milliseconds = Math.round(Number(amount) * (MILLISECONDS_PER_UNIT.get(unit) ?? Number.NaN))
  return Number.isFinite(milliseconds) ? milliseconds : undefined
}

/** Writes milliseconds, rounded to whole ones, as {@link parseDuration} reads them: `'250ms'`, `'1.5s'`, `'2m'`. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms)
  if (Math.abs(whole) < SECOND) return `${whole}ms`
  if (whole % HOUR === 0) return `${whole / HOUR}h`
  if (whole % MINUTE === 0) return `${whole / MINUTE}m`
  return `${whole / SECOND}s`
}
