import type { ResolvedHoldDown } from './check-options.ts'
import type { CheckState } from './check-state.ts'

/**
 * Keeps one that flaps failing: after `rise` its recovery must last for `base`, twice that after the next fall, and so on
 * up to `max`. A fail meanwhile lets it begin anew. Times are of a clock that never jumps.
 */
export class HoldDown {
  readonly #options: ResolvedHoldDown | false
  /** How many falls came before the last, each within `max` of the recovery before it; -1 before the first fall. */
  #repeats = -1
  #recoveredAt = Number.NEGATIVE_INFINITY
  #until: number | undefined

  constructor(options: ResolvedHoldDown | false) {
    this.#options = options
  }

  /** When the status may turn, if the recovery lasts; absent while there is none. */
  get until(): number | undefined {
    return this.#until
  }

  /** What stands after one more result: `next`, or still a fail when it is too soon to trust the recovery in it. */
  apply(previous: CheckState | undefined, next: CheckState, now: number): CheckState {
    if (this.#options === false || previous === undefined) return next
    if (next.status === 'fail') {
      if (previous.status !== 'fail') this.#fell(now, this.#options)
      if (next.latest === 'fail') this.#until = undefined
      return next
    }
    // One that has failed from the start has not fallen.
    if (previous.status !== 'fail' || this.#repeats < 0) return next
    const { base, max } = this.#options
    this.#until ??= now + Math.min(base * 2 ** this.#repeats, max)
    if (now < this.#until) return { ...next, status: 'fail', against: previous.against + 1 }
    this.#until = undefined
    this.#recoveredAt = now
    return next
  }

  #fell(now: number, { max }: ResolvedHoldDown): void {
    this.#repeats = now - this.#recoveredAt <= max ? this.#repeats + 1 : 0
  }
}
