import type { WarmUpContext } from '../dependency.ts'
import { JITTER } from '../health/jitter.ts'
import { DEFAULTS } from '../options/defaults.ts'
import { backoff } from '../warm-up/backoff.ts'
import { limitAttempt } from '../warm-up/limit-attempt.ts'

/** The shortest pause after a refresh that failed, in milliseconds. */
const SHORTEST_PAUSE = 1_000

/** Says when a cache is to be loaded again, and how long that may take. Does not hold the process. */
export class RefreshTimer {
  readonly #every: number
  readonly #onDue: (context: WarmUpContext) => void
  #pause: NodeJS.Timeout | undefined
  #limit: NodeJS.Timeout | undefined
  #failures = 0
  #learnt: { readonly limit: number; readonly context: WarmUpContext } | undefined

  constructor(every: number, onDue: (context: WarmUpContext) => void) {
    this.#every = every
    this.#onDue = onDue
  }

  /** A refresh has the limit and the logger of the warm-up that has just begun. */
  learn(context: WarmUpContext): void {
    this.#learnt = { limit: context.remaining(), context }
  }

  /** Counts from now, the end of a load. */
  start(failed: boolean): void {
    this.stop()
    this.#failures = failed ? this.#failures + 1 : 0
    this.#pause = setTimeout(() => this.#due(), failed ? this.#untilRetry() : this.#untilNext()).unref()
  }

  stop(): void {
    clearTimeout(this.#pause)
    clearTimeout(this.#limit)
  }

  #untilNext(): number {
    return this.#every * (1 - JITTER + 2 * JITTER * Math.random())
  }

  #untilRetry(): number {
    const retry = this.#learnt?.context.retry ?? DEFAULTS.warmUp.retry
    return Math.min(this.#every, Math.max(SHORTEST_PAUSE, backoff(this.#failures, retry, Math.random)))
  }

  #due(): void {
    if (this.#learnt === undefined) return
    const { limit, context } = this.#learnt
    const { controller, timer, remaining } = limitAttempt('loading it again', limit)
    this.#limit = timer.unref()
    this.#onDue({
      signal: controller.signal,
      remaining,
      logger: context.logger,
      // Nobody waits for it.
      progress() {},
      retry: context.retry,
      connectToSelf: (how) => context.connectToSelf({ signal: controller.signal, ...how }),
    })
  }
}
