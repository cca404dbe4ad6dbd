/** What a signal does, given those before it. */
export type SignalStep = 'begin' | 'repeat' | 'skip' | 'exit'

/** Package managers deliver one Ctrl-C twice. */
const SAME_SIGNAL_MS = 500

/**
 * Somebody at a terminal can hurry the shutdown with SIGINT: once to skip the drain, once more to exit at once. A
 * repeated SIGTERM changes nothing: orchestrators repeat it, and they have SIGKILL.
 */
export class SignalLadder {
  #last: number | undefined
  #skipped = false

  /** @param now milliseconds of a monotonic clock. */
  step(signal: NodeJS.Signals, now: number): SignalStep {
    if (this.#last === undefined) {
      this.#last = now
      return 'begin'
    }
    if (signal !== 'SIGINT' || now - this.#last < SAME_SIGNAL_MS) return 'repeat'
    this.#last = now
    if (this.#skipped) return 'exit'
    this.#skipped = true
    return 'skip'
  }
}
