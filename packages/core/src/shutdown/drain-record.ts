/** What happened between the call to leave and the end: logged as one line, emitted as `stopped`, and returned. */
export interface DrainRecord {
  /** The signal's name, or the `reason` given to `shutdown`. */
  readonly reason: string
  /** Milliseconds from the call to the end. */
  readonly durationMs: number
  /** Planned and used, in milliseconds. */
  readonly lameDuck: { readonly plannedMs: number; readonly usedMs: number; readonly why: string }
  readonly drain: { readonly plannedMs: number; readonly usedMs: number }
  readonly close: { readonly plannedMs: number; readonly usedMs: number }
  readonly requests: {
    /** In flight when the call came. */
    readonly inFlight: number
    /** Answered since. */
    readonly finished: number
    /** Parsed on a connection already told to end, and never handed to the application. */
    readonly refused: number
    /** Destroyed at the deadline. */
    readonly cut: number
  }
  readonly connections: {
    readonly open: number
    /** Destroyed at the deadline. */
    readonly cut: number
  }
  /** Every hook and every dependency's drain and close, in the order they ended. */
  readonly steps: readonly StepRecord[]
  /** Signals that came when the shutdown was under way. */
  readonly repeatedSignals: readonly string[]
  /** What the process exits with, when it is the lifecycle that ends it. */
  readonly exitCode: number
}

export interface StepRecord {
  readonly step: 'drain' | 'drained' | 'close'
  /** The dependency's or the hook's name. */
  readonly name: string
  readonly durationMs: number
  readonly outcome: 'done' | 'failed' | 'overran'
  readonly error?: string
}
