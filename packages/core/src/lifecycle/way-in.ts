import { createDeferred } from '../deferred.ts'
import type { StageContext } from '../dependency.ts'
import { LifecycleError } from '../errors.ts'
import type { FleetSeat } from '../fleet/fleet-seat.ts'
import type { HealthMonitor } from '../health/health-monitor.ts'
import type { Logger } from '../logger.ts'
import { formatDuration } from '../options/duration.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import { statusAnswer } from '../probes/answers/probe-answer.ts'
import type { ProbeServer } from '../probes/probe-server.ts'
import type { ProcessTies } from '../process/process-ties.ts'
import type { Shutdown } from '../shutdown/shutdown.ts'
import { describePending } from '../warm-up/describe-pending.ts'
import type { Rewarm } from '../warm-up/rewarm.ts'
import type { WarmUp } from '../warm-up/warm-up.ts'
import type { FrontDoor } from './front-door.ts'
import type { Readiness } from './readiness.ts'
import type { State } from './state.ts'
import { WaitingRoom } from './waiting-room.ts'

const WARMING = statusAnswer('fail', { status: 'fail', reason: 'warming' })

export interface WayInInit {
  readonly options: ResolvedOptions
  readonly monitor: HealthMonitor
  readonly warmUp: WarmUp
  readonly rewarm: Rewarm
  readonly seat: FleetSeat | undefined
  readonly state: State
  readonly readiness: Readiness
  readonly probeServer: ProbeServer | undefined
  readonly door: FrontDoor
  readonly ties: ProcessTies
  readonly shutdown: Shutdown
  readonly logger: Logger
}

/** The way to ready, once: warm everything up behind the gate, then open it. */
export class WayIn {
  readonly #init: WayInInit
  readonly #ready = createDeferred()
  /** Looks every now and then whether the service should have been ready by now. */
  #lateness: NodeJS.Timeout | undefined

  constructor(init: WayInInit) {
    this.#init = init
    // Nobody has to wait for ready; a warm-up that never came to it is in the log anyway.
    this.#ready.promise.catch(() => {})
  }

  /** Rejects with `TIDEGATE_WARM_UP` when the lifecycle is shut down before. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  begin(): void {
    const { options, probeServer, ties, door, state, warmUp, logger } = this.#init
    if (state.phase !== 'idle') return
    // A server that was attached opens by itself, and nobody is there to be told.
    probeServer?.open().catch((error: unknown) => logger.error({}, (error as Error).message))
    ties.bind()
    const { whileWarming, queue, readyWithin } = options.warmUp
    if (whileWarming !== 'serve') door.gate.refusal = WARMING
    if (whileWarming === 'queue') door.gate.room = new WaitingRoom({ ...queue, refusal: WARMING })
    this.#joinFleet()
    state.moveTo('warming')
    warmUp.begin()
    this.changed()
    // Behind the limits of the first attempts, which say more of what has gone wrong.
    if (this.#isWarming) this.#lateness = setInterval(() => setImmediate(() => this.#isLate()), readyWithin)
  }

  /** To be called whenever the warm-up or the health of a dependency has changed. */
  changed(): void {
    const { options, rewarm, readiness, warmUp, monitor, ties, state, door } = this.#init
    rewarm.review()
    readiness.changed()
    if (!this.#isWarming || !warmUp.completed) return
    const criticalOnes = options.dependencies.filter(({ critical, check }) => critical && check !== undefined)
    if (criticalOnes.some(({ name }) => monitor.statusOf(name) === 'fail')) return
    clearInterval(this.#lateness)
    ties.endWarming()
    state.moveTo('ready')
    door.gate.open()
    this.#ready.resolve()
  }

  /** A dependency cannot be warmed up. */
  failed(name: string, message: string): void {
    const { options, monitor, shutdown } = this.#init
    monitor.fail(name, message)
    const { warmUp, dependencies } = options
    const isCritical = dependencies.some((dependency) => dependency.name === name && dependency.critical)
    if (warmUp.onFailure !== 'exit' || !isCritical || !this.#isWarming) return
    shutdown.fail({ reason: `the warm-up of ${name} failed: ${message}`, isBroken: false })
  }

  /** The lifecycle leaves, and may never have been ready. */
  giveUp(reason: string): void {
    clearInterval(this.#lateness)
    const why = `the lifecycle was shut down before it was ready: ${reason}`
    this.#ready.reject(new LifecycleError('TIDEGATE_WARM_UP', why))
    this.#init.rewarm.stop()
  }

  /**
   * What waits for the port fails when everything is closed, and not when the process is to exit then: an error that
   * nobody catches would cut the shutdown, and its exit code.
   */
  async untilPortMayOpen(): Promise<void> {
    try {
      await this.#ready.promise
    } catch (error) {
      const { shutdown, ties } = this.#init
      await shutdown.stopped
      if (ties.exits) await new Promise(() => {})
      throw new LifecycleError('TIDEGATE_WARM_UP', `the port was never opened: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }

  get #isWarming(): boolean {
    return this.#init.state.phase === 'warming'
  }

  #joinFleet(): void {
    const { seat, shutdown } = this.#init
    if (seat === undefined) return
    seat.join()
    const leave = (context: StageContext): Promise<void> => seat.leave(context)
    shutdown.hooks.add('drained', Object.defineProperty(leave, 'name', { value: 'leave the fleet' }))
  }

  /** The service should have been ready by now. */
  #isLate(): void {
    if (!this.#isWarming) return
    const { options, state, shutdown, logger } = this.#init
    const { onFailure, readyWithin } = options.warmUp
    const report = state.report()
    const limit = formatDuration(readyWithin)
    const pending = describePending(report)
    if (onFailure === 'exit') {
      shutdown.fail({ reason: `not ready within ${limit}: ${pending}`, isBroken: false })
    } else {
      logger.warn({ warmUp: report.warmUp }, `not ready for another ${limit}: ${pending}`)
    }
  }
}
