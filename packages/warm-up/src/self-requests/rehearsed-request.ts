import type { ReadyRequest } from './read-request.ts'

/** A request that fails in so many windows, and was never answered well, is not asked any more. */
const FAILURES = 10

/** An answer that never comes costs the others their time: the second one is the last. */
const TIMEOUT_COUNTS = FAILURES / 2

/** Above this, what has never become faster may well be cold, in milliseconds. */
const PLATEAU_MS = 20

/** Less is what a busy machine makes, as a share. */
const FASTER = 0.2

/** One of the requests, and how it has been answered so far. */
export class RehearsedRequest {
  readonly request: ReadyRequest
  /** The mean of the first window in which it was answered well, and of the latest, in milliseconds. */
  firstMs: number | undefined
  lastMs = 0
  /** Of the latest window in which it was answered well, in milliseconds. */
  medianMs = 0
  /** Why the latest that was not answered well was not. */
  trouble = 'there was no time to ask for it'
  /** 503 with `Retry-After`, the last time. */
  isUnavailable = false
  /** Is left out for the rest of a window. */
  isSkipped = false
  /** A first request that took long is not what all of the first did. */
  #firstMedianMs = 0
  #failures = 0
  #taken: number[] = []

  constructor(request: ReadyRequest) {
    this.request = request
  }

  get wasAnswered(): boolean {
    return this.firstMs !== undefined || this.#taken.length > 0
  }

  get isGivenUp(): boolean {
    return !this.wasAnswered && this.#failures >= FAILURES
  }

  get neverBecameFaster(): boolean {
    return this.medianMs > PLATEAU_MS && this.medianMs > this.#firstMedianMs * (1 - FASTER)
  }

  answered(tookMs: number): void {
    this.#taken.push(tookMs)
    this.#failures = 0
    this.isUnavailable = false
  }

  failed(why: string, isTimeout: boolean): void {
    this.trouble = why
    this.isUnavailable = false
    // Those beside it have met the same moment.
    if (!this.isSkipped) this.#failures += isTimeout ? TIMEOUT_COUNTS : 1
    this.isSkipped = true
  }

  notAvailable(): void {
    this.trouble = 'not available: 503 with Retry-After'
    this.isUnavailable = true
    this.isSkipped = true
  }

  beginWindow(): void {
    this.isSkipped = false
    this.#taken = []
  }

  /** Whether it was answered well in it, or even for the first time. */
  endWindow(): 'first' | 'again' | undefined {
    const taken = this.#taken
    if (taken.length === 0) return undefined
    const isFirst = this.firstMs === undefined
    this.medianMs = median(taken)
    this.lastMs = taken.reduce((sum, each) => sum + each, 0) / taken.length
    if (!isFirst) return 'again'
    this.firstMs = this.lastMs
    this.#firstMedianMs = this.medianMs
    return 'first'
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
