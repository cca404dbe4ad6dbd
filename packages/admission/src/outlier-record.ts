export interface OutlierRules {
  /** Bad answers in a row that are enough. */
  readonly consecutive: number
  /** The first ejection, in milliseconds. */
  readonly base: number
  /** The longest. */
  readonly max: number
}

/** What the answers of this instance have come to. Times are by one clock, in milliseconds. */
export class OutlierRecord {
  readonly #rules: OutlierRules
  #bad = 0
  #good = 0
  #ejections = 0
  #trial = false
  #backAt = 0

  constructor(rules: OutlierRules) {
    this.#rules = rules
  }

  /** Bad answers in a row up to now. */
  get bad(): number {
    return this.#bad
  }

  /** One more answer; whether the instance should be out now. On trial one bad answer is enough. */
  answered(isBad: boolean, now: number): boolean {
    const { consecutive } = this.#rules
    if (isBad) {
      this.#good = 0
      this.#bad++
      return this.#isOnTrial(now) || this.#bad >= consecutive
    }
    this.#bad = 0
    this.#good++
    if (this.#good >= consecutive) this.#trial = false
    return false
  }

  /** It stays although it should be out: counting begins anew. */
  stays(): void {
    this.#bad = 0
    this.#trial = false
  }

  /** It is out, for so long: twice the last time, and half as long for each `base` that went well since. */
  ejected(now: number): number {
    const { base, max } = this.#rules
    const wentWell = Math.floor((now - this.#backAt) / base)
    const before = Math.max(0, this.#ejections - wentWell)
    this.#ejections = before + 1
    return Math.min(max, base * 2 ** before)
  }

  /** It is back, on trial until so many good answers in a row as bad ones are enough, or for `base`. */
  back(now: number): void {
    this.#bad = 0
    this.#good = 0
    this.#trial = true
    this.#backAt = now
  }

  #isOnTrial(now: number): boolean {
    return this.#trial && now - this.#backAt < this.#rules.base
  }
}
