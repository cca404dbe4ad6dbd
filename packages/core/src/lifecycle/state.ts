import { LifecycleError } from '../errors.ts'
import type { FleetSeat } from '../fleet/fleet-seat.ts'
import type { HealthMonitor } from '../health/health-monitor.ts'
import type { HealthReport } from '../health/health-report.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import type { ProberLog } from '../probes/probers/prober-log.ts'
import type { WarmUp } from '../warm-up/warm-up.ts'
import type { Emit } from './emitter.ts'
import { PHASES } from './phase.ts'
import type { Phase } from './phase.ts'

export interface StateInit {
  readonly options: ResolvedOptions
  readonly monitor: HealthMonitor
  readonly warmUp: WarmUp
  readonly seat: FleetSeat | undefined
  readonly probers: ProberLog
  readonly emit: Emit
  /** The phase or the holds have changed; called after the event that tells of it. */
  onChange(): void
}

/** The phase, the holds, and the report made of everything, anew only when something has changed. */
export class State {
  phase: Phase = 'idle'
  readonly #init: StateInit
  readonly #holds = new Set<{ readonly reason: string }>()
  readonly #livenessChecks: readonly string[]
  #changes = 0
  #report: HealthReport | undefined
  #reportVersion = -1

  constructor(init: StateInit) {
    this.#init = init
    this.#livenessChecks = init.options.dependencies
      .filter(({ liveness, scope }) => liveness && scope === 'local')
      .map(({ name }) => name)
  }

  /** Grows whenever the report may have changed, before the events that tell of it. */
  get version(): number {
    const { monitor, warmUp, seat } = this.#init
    return this.#changes + monitor.version + warmUp.version + (seat?.version ?? 0)
  }

  /** Moves on; phases never move back. */
  moveTo(phase: Phase, reason?: string): void {
    const previous = this.phase
    if (PHASES.indexOf(phase) <= PHASES.indexOf(previous)) return
    this.phase = phase
    this.#changes++
    this.#init.emit('phase', { phase, previous, ...(reason === undefined ? {} : { reason }) })
    this.#init.onChange()
  }

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  hold(reason: string): () => void {
    if (typeof reason !== 'string' || reason === '') {
      const message = "hold(reason) needs a reason: it is what the report shows, as hold('deploying')"
      throw new LifecycleError('TIDEGATE_CONFIG', message)
    }
    const hold = { reason }
    this.#holds.add(hold)
    this.#held()
    return () => {
      if (this.#holds.delete(hold)) this.#held()
    }
  }

  #held(): void {
    this.#changes++
    this.#init.onChange()
  }

  get ready(): boolean {
    return this.report().ready
  }

  get alive(): boolean {
    return this.#init.monitor.alive
  }

  get livenessChecks(): readonly string[] {
    return this.#livenessChecks
  }

  report(): HealthReport {
    if (this.#report === undefined || this.#reportVersion !== this.version) {
      this.#reportVersion = this.version
      this.#report = this.#build()
    }
    return this.#report
  }

  #build(): HealthReport {
    const { options, monitor, warmUp, seat, probers } = this.#init
    const reasons = Object.freeze(this.reasons())
    return Object.freeze({
      status: monitor.status,
      phase: this.phase,
      ready: reasons.length === 0,
      reasons,
      service: options.service,
      warmUp: warmUp.report(),
      ...(seat !== undefined && { fleet: seat.report() }),
      dependencies: monitor.reports(),
      get probers() {
        return probers.report()
      },
    })
  }

  /** Why it is not ready; empty when it is. */
  reasons(): string[] {
    const { options, monitor, seat } = this.#init
    if (this.phase === 'idle') return ['not-started']
    if (this.phase === 'warming') return ['warming']
    if (this.phase !== 'ready') return ['draining']
    const held = [...this.#holds].map(({ reason }) => `held: ${reason}`)
    const failing = options.dependencies
      .filter(({ critical, scope }) => critical && (scope === 'local' || options.probes.readiness === 'always'))
      .map(({ name }) => name)
      .filter((name) => monitor.statusOf(name) === 'fail')
    return [...held, ...failing, ...(seat?.onlyHere ?? [])]
  }
}
