import type { CheckState } from './check-state.ts'
import type { Recovery } from './recovery.ts'

/**
 * Keeps one failing whose check passes again until what its recovery has made cold is warm again. A fail meanwhile
 * begins the whole recovery anew.
 */
export class RecoveryGate {
  readonly #ask: (first: boolean) => Recovery | undefined
  #wasWell = false
  #recovery: Recovery | undefined

  constructor(ask: (first: boolean) => Recovery | undefined) {
    this.#ask = ask
  }

  /** Whether only that is waited for. */
  get isWaiting(): boolean {
    return this.#recovery !== undefined
  }

  /** What stands after one more result: `next`, or still a fail. */
  apply(previous: CheckState | undefined, next: CheckState): CheckState {
    if (next.latest === 'fail') this.stop()
    if (next.status === 'fail') return next
    if (previous?.status === 'fail') {
      this.#recovery ??= this.#ask(!this.#wasWell)
      if (this.#recovery !== undefined) return { ...next, status: 'fail', against: previous.against + 1 }
    }
    this.#wasWell = true
    return next
  }

  /** What stands when nothing has to be waited for any more. */
  open(state: CheckState): CheckState {
    this.#recovery = undefined
    this.#wasWell = true
    return { ...state, status: state.latest, against: 0 }
  }

  stop(): void {
    this.#recovery?.abort()
    this.#recovery = undefined
  }
}
