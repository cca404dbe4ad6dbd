import type { Emit } from './emitter.ts'

export interface ReadinessSource {
  /** Changes whenever `reasons()` may have changed. */
  readonly version: number
  /** Why it is not ready; empty when it is. */
  reasons(): readonly string[]
}

/** What `/readyz` answers, as something that begins and ends. */
export class Readiness {
  readonly #source: ReadinessSource
  readonly #emit: Emit
  #version = -1
  #reasons: readonly string[] = []
  #since: number | undefined
  #told = false
  #telling = false

  constructor(source: ReadinessSource, emit: Emit) {
    this.#source = source
    this.#emit = emit
  }

  /** Since when it has been ready without a break, by `performance.now()`; `undefined` while it is not. */
  get since(): number | undefined {
    // Who hears of the phase asks before the change has been told.
    this.#observe()
    return this.#since
  }

  /** To be called whenever something may have changed. */
  changed(): void {
    this.#observe()
    // What a subscriber changes is told to everybody after what made it do so.
    if (this.#telling) return
    this.#telling = true
    while (this.#told !== this.#isReady) {
      this.#told = this.#isReady
      this.#emit('readiness', { ready: this.#told, reasons: this.#reasons })
    }
    this.#telling = false
  }

  get #isReady(): boolean {
    return this.#since !== undefined
  }

  #observe(): void {
    const { version } = this.#source
    if (version === this.#version) return
    this.#version = version
    this.#reasons = Object.freeze([...this.#source.reasons()])
    const isReady = this.#reasons.length === 0
    if (isReady !== this.#isReady) this.#since = isReady ? performance.now() : undefined
  }
}
