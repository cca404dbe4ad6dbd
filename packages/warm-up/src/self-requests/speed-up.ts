/** So many of the first are compared with as many of the last. */
export const COMPARED = 10

export interface SpeedUp {
  /** The mean latency of the first ten requests, and of the last ten, in milliseconds. */
  readonly firstMs: number
  readonly lastMs: number
  /** How many times faster the last ones were. */
  readonly timesFaster: number
}

export function speedUp(latencies: readonly number[]): SpeedUp {
  const first = mean(latencies.slice(0, COMPARED))
  const last = mean(latencies.slice(-COMPARED))
  return { firstMs: round(first), lastMs: round(last), timesFaster: round(last > 0 ? first / last : 1) }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
