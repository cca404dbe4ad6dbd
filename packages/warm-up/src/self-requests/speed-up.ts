export interface SpeedUp {
  /** What a request took at first, and at last: the mean of all of them, in milliseconds. */
  readonly firstMs: number
  readonly lastMs: number
  /** How many times faster the last ones were. */
  readonly timesFaster: number
}

interface Measured {
  readonly firstMs: number | undefined
  readonly lastMs: number
}

/** Those that could not be measured are left out. */
export function speedUp(requests: readonly Measured[]): SpeedUp {
  const measured = requests.filter(({ firstMs }) => firstMs !== undefined)
  const first = mean(measured.map(({ firstMs = 0 }) => firstMs))
  const last = mean(measured.map(({ lastMs }) => lastMs))
  return { firstMs: round(first), lastMs: round(last), timesFaster: round(last > 0 ? first / last : 1) }
}

/** `3.5 times faster`. A tenth is none. */
export function describeSpeedUp({ timesFaster }: SpeedUp): string {
  return timesFaster >= 1.1 ? `${timesFaster} times faster` : 'no faster than at first'
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
