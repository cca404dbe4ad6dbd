/** How long a lock has not been able to ask Redis, over everything it asks. */
export class LockOutage {
  /** Whether it has been said that nobody is bounded, until Redis answers. */
  told = false
  readonly #lease: number
  #failures = 0
  #since = 0
  #lastAt = 0

  /** @param lease In milliseconds. */
  constructor(lease: number) {
    this.#lease = lease
  }

  /** Milliseconds since the first question that was not answered. */
  get lasts(): number {
    return this.#failures === 0 ? 0 : this.#lastAt - this.#since
  }

  /** Whether the last question was not answered, and none for a whole lease, or since that was said. */
  get isDeclared(): boolean {
    // One that stood still finds its limit passed before it reads the answer.
    return this.#failures > (this.told ? 0 : 1) && this.lasts >= this.#lease
  }

  answered(): void {
    this.#failures = 0
    this.told = false
  }

  /** @param askedAt By `performance.now()`. */
  failed(askedAt: number): void {
    // Of the time in which nobody asked nothing is known.
    const isNew = this.#failures === 0 || (!this.told && askedAt - this.#lastAt > this.#lease)
    if (isNew) {
      this.#failures = 0
      this.#since = askedAt
    }
    this.#failures += 1
    this.#lastAt = performance.now()
  }
}
