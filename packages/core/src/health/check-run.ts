import type { CheckContext, CheckResult } from '../dependency.ts'
import { LifecycleError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedCheckOptions } from './check-options.ts'
import { toCheckResult, toFailure } from './check-result.ts'
import { PatientTimer } from './patient-timer.ts'

export interface CheckRunPlan {
  readonly check: (context: CheckContext) => unknown
  readonly options: ResolvedCheckOptions
  /** With the dependency's name bound. */
  readonly logger: Logger
  /** Called once, and never after {@link CheckRunPlan.onGivenUp} or {@link CheckRun.stop}. */
  onSettled(run: CheckRun, result: CheckResult): void
  /** Called at `abandonAfter`; the run's signal has been aborted. */
  onGivenUp(run: CheckRun): void
}

/** One call of a check, from its start until it settles or is given up. Whatever it does later goes unheard. */
export class CheckRun {
  readonly #plan: CheckRunPlan
  readonly #startedAt: number = performance.now()
  readonly #controller = new AbortController()
  readonly #abandonTimer = new PatientTimer()
  #over = false
  /** Whether it has timed out: its fail is counted, and what it brings later is too old to be a result. */
  judged = false

  constructor(plan: CheckRunPlan) {
    this.#plan = plan
  }

  get elapsed(): number {
    return performance.now() - this.#startedAt
  }

  start(): void {
    const { abandonAfter } = this.#plan.options
    this.#abandonTimer.set(abandonAfter, () => {
      this.#over = true
      const message = `the check had no answer for ${abandonAfter} ms and was given up (health.abandonAfter)`
      this.#controller.abort(new LifecycleError('TIDEGATE_TIMEOUT', message))
      this.#plan.onGivenUp(this)
    })
    void this.#call()
  }

  /** Gives it up without a word. */
  stop(): void {
    this.#over = true
    this.#abandonTimer.clear()
    this.#controller.abort()
  }

  async #call(): Promise<void> {
    let result: CheckResult
    try {
      // Inside a promise, so that a check that throws at once settles no sooner than one that rejects.
      const returned = await new Promise<unknown>((resolve) => resolve(this.#plan.check(this.#context())))
      result = toCheckResult(returned)
    } catch (thrown) {
      result = toFailure(thrown)
    }
    if (this.#over) return
    this.#over = true
    this.#abandonTimer.clear()
    this.#plan.onSettled(this, result)
  }

  #context(): CheckContext {
    const { options, logger } = this.#plan
    return {
      signal: this.#controller.signal,
      remaining: () => Math.max(0, options.timeout - this.elapsed),
      abandonAfter: options.abandonAfter,
      logger,
    }
  }
}
