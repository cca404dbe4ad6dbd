import { PatientTimer } from './patient-timer.ts'

export interface StaleWatchPlan {
  /** The age in milliseconds at which the newest result is not to be believed any more. */
  readonly staleAfter: number
  /** Milliseconds granted once more when the watch itself was late, or a check is being asked. */
  readonly timeout: number
  /** Whether a result may come within `timeout`. */
  isAsking(): boolean
  onStale(): void
}

/** A timer later than this was not late by chance: the process was suspended, or its loop blocked. */
const LATE = 100

/** Notices a check that has gone silent: a loop that died must not look healthy for ever. */
export class StaleWatch {
  readonly #plan: StaleWatchPlan
  readonly #timer = new PatientTimer()

  constructor(plan: StaleWatchPlan) {
    this.#plan = plan
  }

  /** A result has come: the age begins anew. */
  touch(): void {
    const { staleAfter, timeout, isAsking, onStale } = this.#plan
    const due = performance.now() + staleAfter
    this.#timer.set(staleAfter, () => {
      // After a suspension every result is old, and the check that is due now has had no chance to bring a new one.
      // The watch itself need not be late: waking up just when it is due, it finds the check asked a moment ago.
      if (performance.now() - due > LATE || isAsking()) this.#timer.set(timeout, onStale)
      else onStale()
    })
  }

  stop(): void {
    this.#timer.clear()
  }
}
