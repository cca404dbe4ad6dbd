export interface LevelPlan {
  readonly warnAt: number | false
  readonly failAt: number | false
  /** How far below a threshold, as a share of it, a value must fall to leave it. */
  readonly hysteresis: number
}

/** Which threshold one value has reached. One that was reached is left only well below it, so that it does not flap. */
export class Level {
  readonly #plan: LevelPlan
  status: 'pass' | 'warn' | 'fail' = 'pass'
  value = 0

  constructor(plan: LevelPlan) {
    this.#plan = plan
  }

  set(value: number): void {
    const { warnAt, failAt } = this.#plan
    this.value = value
    if (this.#holds(failAt, this.status === 'fail')) this.status = 'fail'
    else if (this.#holds(warnAt, this.status !== 'pass')) this.status = 'warn'
    else this.status = 'pass'
  }

  /** The threshold that made the status what it is. */
  get reached(): number {
    return (this.status === 'fail' ? this.#plan.failAt : this.#plan.warnAt) || 0
  }

  /** Where that threshold is left. */
  get leftBelow(): number {
    return this.reached * (1 - this.#plan.hysteresis)
  }

  #holds(threshold: number | false, wasReached: boolean): boolean {
    if (threshold === false) return false
    return this.value >= (wasReached ? threshold * (1 - this.#plan.hysteresis) : threshold)
  }
}
