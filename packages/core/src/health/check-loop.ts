import type { CheckContext, CheckResult } from '../dependency.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedCheckOptions } from './check-options.ts'
import { CheckRun } from './check-run.ts'
import { JITTER } from './jitter.ts'
import { PatientTimer } from './patient-timer.ts'

export interface CheckLoopPlan {
  readonly check: (context: CheckContext) => unknown
  readonly options: ResolvedCheckOptions
  /** With the dependency's name bound. */
  readonly logger: Logger
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  /** One run has ended, or one more fail of a hung one was counted. */
  onResult(result: CheckResult, latencyMs: number): void
  /** A run has ended that was judged before: no result, but the loop lives. */
  onLate(): void
  /** Whether the results so far are about to change the state. Asked after `onResult`. */
  isChanging(): boolean
  /** Milliseconds until a recovery is trusted that only has to last; `undefined` when there is none. Asked likewise. */
  heldFor(): number | undefined
}

/**
 * Runs one dependency's check for as long as the service lives, one run at a time. Its beat goes on whatever the check
 * does: at each ask a run is started unless one still hangs; `timeout` later, with no result, a fail is counted.
 */
export class CheckLoop {
  readonly #plan: CheckLoopPlan
  readonly #verdict = new PatientTimer()
  #nextAsk: NodeJS.Timeout | undefined
  #run: CheckRun | undefined
  #runs = 0
  #stopped = false

  constructor(plan: CheckLoopPlan) {
    this.#plan = plan
  }

  /** Whether a run is in flight that may still be in time. */
  get isAsking(): boolean {
    return this.#run !== undefined && !this.#run.judged
  }

  /** The first run starts at once. */
  start(): void {
    this.#ask()
  }

  /** Aborts the run in flight. Nothing is called any more. */
  stop(): void {
    this.#stopped = true
    this.#clear()
    this.#run?.stop()
    this.#run = undefined
  }

  #ask(): void {
    const run = this.#run ?? this.#newRun()
    if (this.#run === undefined) {
      this.#run = run
      run.start()
    }
    // The check itself may have stopped the loop.
    if (this.#stopped) return
    // Set after the run's own limit, so that a run given up at its timeout is already gone when it is judged.
    this.#verdict.set(this.#plan.options.timeout, () => this.#judge(run))
  }

  #newRun(): CheckRun {
    const { check, options, logger } = this.#plan
    this.#runs += 1
    return new CheckRun({
      check,
      options,
      logger,
      onSettled: (run, result) => this.#settled(run, result),
      onGivenUp: () => {
        this.#run = undefined
      },
    })
  }

  #judge(run: CheckRun): void {
    run.judged = true
    this.#report({ status: 'fail', message: `no answer for ${Math.round(run.elapsed)} ms` }, run)
    const hangs = this.#run !== undefined
    // Without jitter: a frozen dependency is known within `fall` times this pause and `timeout`, and asks of nobody.
    const { retryInterval } = this.#plan.options
    this.#schedule(hangs || this.#plan.isChanging() ? retryInterval : this.#steadyPause())
  }

  #settled(run: CheckRun, result: CheckResult): void {
    this.#clear()
    this.#run = undefined
    if (run.judged) this.#plan.onLate()
    else this.#report(result, run)
    const soon = run.judged || this.#plan.isChanging()
    this.#schedule(soon ? this.#jittered(this.#plan.options.retryInterval) : this.#steadyPause())
  }

  #report(result: CheckResult, run: CheckRun): void {
    this.#plan.onResult(result, run.elapsed)
  }

  #steadyPause(): number {
    const { options, random, heldFor } = this.#plan
    // The second run comes at any time within the interval, so that instances deployed together spread out.
    const pause = this.#runs === 1 ? options.interval * random() : this.#jittered(options.interval)
    const held = heldFor()
    // The status turns with a result, so one is there when the hold is over.
    return held === undefined ? pause : Math.min(pause, Math.max(held, this.#jittered(options.retryInterval)))
  }

  #jittered(pause: number): number {
    return pause * (1 - JITTER + 2 * JITTER * this.#plan.random())
  }

  #schedule(pause: number): void {
    // A subscriber to the result may have stopped the loop.
    if (this.#stopped) return
    this.#nextAsk = setTimeout(() => this.#ask(), pause)
    this.#nextAsk.unref()
  }

  #clear(): void {
    clearTimeout(this.#nextAsk)
    this.#verdict.clear()
  }
}
