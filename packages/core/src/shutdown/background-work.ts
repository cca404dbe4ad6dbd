import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'
import { describeValue } from '../options/describe-value.ts'

/** Work that no connection stands for, and that the drain has to wait for all the same. */
export class BackgroundWork {
  readonly #logger: Logger
  readonly #pending = new Set<Promise<unknown>>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  get isPending(): boolean {
    return this.#pending.size > 0
  }

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add<Result>(work: Promise<Result>): Promise<Result> {
    if (typeof (work as { then?: unknown } | undefined)?.then !== 'function') {
      const advice = 'give it the promise of work that has begun'
      throw new LifecycleError('TIDEGATE_CONFIG', `waitUntil(promise) was given ${describeValue(work)}; ${advice}`)
    }
    const settled: Promise<unknown> = Promise.resolve(work).then(
      () => this.#pending.delete(settled),
      (error: unknown) => {
        this.#pending.delete(settled)
        this.#logger.error({ error: failureMessage(error) }, 'background work failed')
      },
    )
    this.#pending.add(settled)
    return work
  }

  /** Resolves when nothing is left, also of what is added meanwhile. */
  async finish(): Promise<void> {
    while (this.isPending) await Promise.all(this.#pending)
  }

  /** What has outlived its limit is not waited for again. */
  giveUp(): void {
    this.#pending.clear()
  }
}
