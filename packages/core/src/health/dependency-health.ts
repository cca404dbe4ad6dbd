import type { CheckResult } from '../dependency.ts'
import type { Logger } from '../logger.ts'
import { CheckLoop } from './check-loop.ts'
import { failedState, isChanging, nextState } from './check-state.ts'
import type { CheckState } from './check-state.ts'
import type { DependencyReport, HealthStatus } from './health-report.ts'
import { HoldDown } from './hold-down.ts'
import type { MonitoredDependency } from './monitored-dependency.ts'
import { RecoveryGate } from './recovery-gate.ts'
import type { AskRecovery } from './recovery.ts'
import type { Blame } from './root-causes.ts'
import { StaleWatch } from './stale-watch.ts'

export interface DependencyHealthPlan {
  readonly dependency: MonitoredDependency
  /** With the dependency's name bound. */
  readonly logger: Logger
  readonly random: () => number
  readonly askRecovery?: AskRecovery | undefined
  /** Something in the report has changed; `result` when a run has ended or one more fail of a hung one was counted. */
  onChange(previous: HealthStatus, ended?: { readonly result: CheckResult; readonly latencyMs: number }): void
}

/** What is known of one dependency: not warm yet, then whatever its check says. */
export class DependencyHealth {
  readonly dependency: MonitoredDependency
  readonly #plan: DependencyHealthPlan
  readonly #loop: CheckLoop | undefined
  readonly #staleWatch: StaleWatch
  readonly #holdDown: HoldDown
  readonly #recovery: RecoveryGate
  #begun = false
  #stopped = false
  #status: HealthStatus = 'fail'
  #since: number = Date.now()
  #message: string | undefined
  #state: CheckState | undefined
  #last: { readonly at: number; readonly latencyMs: number; readonly result: CheckResult } | undefined

  constructor(plan: DependencyHealthPlan) {
    const { dependency, logger, random } = plan
    const { check, options } = dependency
    this.dependency = dependency
    this.#plan = plan
    this.#message = dependency.warmsUp ? 'not warmed up yet' : 'not started yet'
    this.#staleWatch = new StaleWatch({
      staleAfter: options.staleAfter,
      timeout: options.timeout,
      isAsking: () => this.#loop?.isAsking ?? false,
      onStale: () => this.#stale(),
    })
    this.#holdDown = new HoldDown(options.holdDown)
    this.#recovery = new RecoveryGate((first) =>
      plan.askRecovery?.(dependency.name, {
        first,
        onProgress: (message) => this.#change('fail', message),
        onOver: () => this.#recovered(),
      }),
    )
    if (check === undefined) return
    this.#loop = new CheckLoop({
      check,
      options,
      logger,
      random,
      onResult: (result, latencyMs) => this.#record(result, latencyMs),
      onLate: () => this.#staleWatch.touch(),
      isChanging: () => isChanging(this.#state) && this.#heldFor === undefined,
      heldFor: () => this.#heldFor,
    })
  }

  get status(): HealthStatus {
    return this.#status
  }

  /** Milliseconds until its recovery is trusted, while nothing else is awaited. */
  get #heldFor(): number | undefined {
    const { until } = this.#holdDown
    return until === undefined ? undefined : until - performance.now()
  }

  /** Why it is not passing. */
  get message(): string | undefined {
    return this.#message
  }

  /** Whether its first result is known; without a check, whether it is warm. */
  get hasVerdict(): boolean {
    return this.#loop === undefined ? this.#begun : this.#state !== undefined
  }

  /** It is warm: from now on its check decides. A second call, or one after `stop`, does nothing. */
  begin(): void {
    if (this.#begun || this.#stopped) return
    this.#begun = true
    if (this.#loop === undefined) {
      this.#change('pass', undefined)
      return
    }
    this.#change('fail', 'no result yet')
    this.#loop.start()
  }

  /** An attempt to warm it up has failed. Does nothing once it has begun. */
  fail(message: string): void {
    if (!this.#begun && !this.#stopped) this.#change('fail', message)
  }

  /** Ends its check for good; the last report stands. */
  stop(): void {
    this.#stopped = true
    this.#loop?.stop()
    this.#staleWatch.stop()
    this.#recovery.stop()
  }

  report(
    { rootCause, affects = [] }: Partial<Blame> = {},
    affectedEndpoints: readonly string[] = [],
  ): DependencyReport {
    const last = this.#last
    const heldFor = this.#heldFor
    return Object.freeze({
      status: this.#status,
      critical: this.dependency.critical,
      since: new Date(this.#since).toISOString(),
      ...(last && { checkedAt: new Date(last.at).toISOString(), latencyMs: last.latencyMs }),
      ...(this.#message !== undefined && { message: this.#message }),
      ...(last?.result.data && { data: last.result.data }),
      dependsOn: this.dependency.dependsOn,
      ...(rootCause !== undefined && { rootCause }),
      ...(affects.length > 0 && { affects }),
      ...(affectedEndpoints.length > 0 && { affectedEndpoints }),
      consecutive: this.#state?.consecutive ?? 0,
      ...(heldFor !== undefined && { heldUntil: new Date(Date.now() + heldFor).toISOString() }),
    })
  }

  #record(result: CheckResult, latency: number): void {
    const latencyMs = Math.round(latency * 100) / 100
    this.#staleWatch.touch()
    this.#last = { at: Date.now(), latencyMs, result }
    const state = this.#settle(nextState(this.#state, result.status, this.dependency.options))
    // While a change is awaited, the message goes on saying why the status is what it is.
    const message = isChanging(state) ? this.#message : result.message
    this.#change(state.status, message, { result, latencyMs })
  }

  #settle(next: CheckState): CheckState {
    // Its hold is over by the time it only waits to be warm; a fail begins both anew.
    const held = !this.#recovery.isWaiting || next.latest === 'fail'
    const trusted = held ? this.#holdDown.apply(this.#state, next, performance.now()) : next
    this.#state = this.#recovery.apply(this.#state, trusted)
    return this.#state
  }

  #recovered(): void {
    if (this.#state === undefined) return
    this.#state = this.#recovery.open(this.#state)
    this.#change(this.#state.status, this.#last?.result.message)
  }

  #stale(): void {
    this.#settle(failedState())
    this.#change('fail', `no result for ${this.dependency.options.staleAfter} ms`)
  }

  #change(status: HealthStatus, message: string | undefined, ended?: { result: CheckResult; latencyMs: number }): void {
    const previous = this.#status
    if (status !== previous) this.#since = Date.now()
    this.#status = status
    this.#message = message
    this.#plan.onChange(previous, ended)
  }
}
