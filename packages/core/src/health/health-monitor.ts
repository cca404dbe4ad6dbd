import type { CheckResult } from '../dependency.ts'
import { unknownDependency } from '../graph/unknown-dependency.ts'
import type { Emit } from '../lifecycle/emitter.ts'
import type { Logger } from '../logger.ts'
import { withFields } from '../logger.ts'
import { DependencyHealth } from './dependency-health.ts'
import { GuardedEndpoints } from './guarded-endpoints.ts'
import type { DependencyReport, HealthStatus } from './health-report.ts'
import { overallStatus } from './health-status.ts'
import type { MonitoredDependency } from './monitored-dependency.ts'
import type { AskRecovery } from './recovery.ts'
import { redact } from './redact.ts'
import { rootCauses } from './root-causes.ts'

export interface HealthMonitorPlan {
  readonly dependencies: readonly MonitoredDependency[]
  /** The failing dependency deepest beneath `name`, if any. */
  rootCauseOf(name: string, isFailing: (name: string) => boolean): string | undefined
  /** Default: a status turns without waiting for anything. */
  readonly askRecovery?: AskRecovery | undefined
  readonly emit: Emit
  readonly logger: Logger
  /** Something in the reports has changed; called after the events that tell of it. */
  onChange(): void
  /** From 0 up to, not including, 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Knows how every dependency is, from background checks. Asking it is free and never waits. */
export class HealthMonitor {
  readonly #plan: HealthMonitorPlan
  readonly #healths: ReadonlyMap<string, DependencyHealth>
  readonly #endpoints = new GuardedEndpoints()
  #reports: Readonly<Record<string, DependencyReport>> | undefined
  #version = 0

  constructor(plan: HealthMonitorPlan) {
    this.#plan = plan
    const { random = Math.random } = plan
    this.#healths = new Map(
      plan.dependencies.map((dependency) => [
        dependency.name,
        new DependencyHealth({
          dependency,
          logger: withFields(plan.logger, { dependency: dependency.name }),
          random,
          askRecovery: plan.askRecovery,
          onChange: (previous, ended) => this.#changed(dependency.name, previous, ended),
        }),
      ]),
    )
  }

  /** Rises with every change, before its events are emitted. */
  get version(): number {
    return this.#version
  }

  get status(): HealthStatus {
    return overallStatus(
      Array.from(this.#healths.values(), ({ status, dependency }) => ({
        status,
        critical: dependency.critical,
      })),
    )
  }

  /** Whether no local check that liveness hangs on has failed. One without a result yet has not. */
  get alive(): boolean {
    for (const { dependency, hasVerdict, status } of this.#healths.values()) {
      if (dependency.liveness && dependency.scope === 'local' && hasVerdict && status === 'fail') return false
    }
    return true
  }

  /** It is warm: its check starts at once. One without a check passes from now on. */
  begin(name: string): void {
    this.#health(name).begin()
  }

  /** An attempt to warm it up has failed; it fails with this message until it begins. */
  fail(name: string, message: string): void {
    this.#health(name).fail(redact(message))
  }

  /** Ends its check, before it is closed. Its last report stands. */
  stop(name: string): void {
    this.#health(name).stop()
  }

  stopAll(): void {
    for (const health of this.#healths.values()) health.stop()
  }

  /** An endpoint cannot do without these. Told again it does nothing. */
  guards(names: readonly string[], method: string, path: string): void {
    if (!this.#endpoints.add(names, method, path) || !names.some((name) => this.#isFailing(name))) return
    this.#version += 1
    this.#reports = undefined
  }

  statusOf(name: string): HealthStatus {
    return this.#health(name).status
  }

  /** Whether its first result is known; without a check, whether it is warm. */
  hasVerdict(name: string): boolean {
    return this.#health(name).hasVerdict
  }

  /** The same frozen object until something changes. */
  reports(): Readonly<Record<string, DependencyReport>> {
    this.#reports ??= this.#build()
    return this.#reports
  }

  #build(): Readonly<Record<string, DependencyReport>> {
    const failing = [...this.#healths.keys()].filter((name) => this.#isFailing(name))
    const blames = rootCauses(failing, this.#plan.rootCauseOf)
    const report = (name: string, health: DependencyHealth): DependencyReport => {
      const blame = blames.get(name)
      return health.report(blame, blame && this.#endpoints.of([name, ...blame.affects]))
    }
    return Object.freeze(
      Object.fromEntries(Array.from(this.#healths, ([name, health]) => [name, report(name, health)])),
    )
  }

  #changed(name: string, previous: HealthStatus, ended?: { result: CheckResult; latencyMs: number }): void {
    this.#version += 1
    this.#reports = undefined
    if (ended !== undefined) this.#plan.emit('check', { dependency: name, ...ended })
    const { dependency, message, status } = this.#health(name)
    if (status !== previous) {
      const rootCause = this.#rootCauseOf(name)
      this.#plan.emit('health', {
        dependency: name,
        status,
        previous,
        critical: dependency.critical,
        ...(message !== undefined && { message }),
        ...(rootCause !== undefined && { rootCause }),
      })
    }
    this.#plan.onChange()
  }

  #rootCauseOf(name: string): string | undefined {
    if (!this.#isFailing(name)) return undefined
    return this.#plan.rootCauseOf(name, (other) => this.#isFailing(other))
  }

  #isFailing(name: string): boolean {
    return this.#healths.get(name)?.status === 'fail'
  }

  #health(name: string): DependencyHealth {
    const health = this.#healths.get(name)
    if (health !== undefined) return health
    throw unknownDependency(name, [...this.#healths.keys()])
  }
}
