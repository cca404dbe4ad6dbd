/** Differences below this are what timers and a busy machine make, in milliseconds. */
const NOISE_MS = 0.5

/** As often in a row the latency has to stay what it was. */
const TIMES = 2

/** Whether a latency has stopped changing. */
export class Convergence {
  readonly #tolerance: number
  #before: number | undefined
  #steady = 0

  /** @param tolerance by how much of itself it may change. */
  constructor(tolerance: number) {
    this.#tolerance = tolerance
  }

  /** Takes the latency of the next window; whether it has converged now. */
  add(latencyMs: number): boolean {
    const before = this.#before
    this.#before = latencyMs
    const isSteady =
      before !== undefined && Math.abs(latencyMs - before) <= Math.max(before * this.#tolerance, NOISE_MS)
    this.#steady = isSteady ? this.#steady + 1 : 0
    return this.#steady >= TIMES
  }
}
