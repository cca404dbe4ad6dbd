import type { Duration } from '../options/duration.ts'

/** When a check runs and what it takes to change its state. */
export interface CheckOptions {
  /** Time between two checks while the state is steady, give or take 10 %. Default `'10s'`. */
  readonly interval?: Duration | undefined
  /** Time between two checks while the state is changing, give or take 10 %. Default `'1s'`; never longer than `interval`. */
  readonly retryInterval?: Duration | undefined
  /** How long a check may take before its result is a fail. Default `'1s'`. It judges; it does not cancel. */
  readonly timeout?: Duration | undefined
  /** Consecutive fails that make the dependency failing. Default 3; the very first result counts at once. */
  readonly fall?: number | undefined
  /** Consecutive passes that make it well again. Default 2. */
  readonly rise?: number | undefined
  /**
   * How long a check that timed out stays the only one in flight before it is given up and a new one may start.
   * Default `'30s'`. Until then every `retryInterval + timeout` counts one more fail.
   */
  readonly abandonAfter?: Duration | undefined
  /** The age at which the newest result is a fail, whatever it was. Default 3 × `interval` + `timeout`. */
  readonly staleAfter?: Duration | undefined
  /**
   * Keeps a dependency that flaps failing: after `rise`, its recovery must last this long as well. Default `false`: `rise`
   * is enough.
   */
  readonly holdDown?: HoldDownOptions | false | undefined
}

/** How long a recovery must last before it counts, besides `rise`. A fail meanwhile begins the wait anew. */
export interface HoldDownOptions {
  /** After the first fall; it doubles with every fall that comes within `max` of the last recovery. No default. */
  readonly base: Duration
  /** What it grows to, and how long a recovery has to last to be forgotten. At least `base`. No default. */
  readonly max: Duration
}

/** {@link CheckOptions} with every number known; durations in milliseconds. */
export interface ResolvedCheckOptions {
  readonly interval: number
  readonly retryInterval: number
  readonly timeout: number
  readonly fall: number
  readonly rise: number
  readonly abandonAfter: number
  readonly staleAfter: number
  readonly holdDown: ResolvedHoldDown | false
}

export interface ResolvedHoldDown {
  readonly base: number
  readonly max: number
}
