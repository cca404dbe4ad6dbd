import { setMaxListeners } from 'node:events'

import { createDeferred } from '../deferred.ts'
import { wouldBeCut } from '../drain/describe-cut.ts'
import type { DependencyGraph } from '../graph/dependency-graph.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { HealthMonitor } from '../health/health-monitor.ts'
import type { Emit } from '../lifecycle/emitter.ts'
import type { FrontDoor } from '../lifecycle/front-door.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { State } from '../lifecycle/state.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import { statusAnswer } from '../probes/answers/probe-answer.ts'
import type { ProberLog } from '../probes/probers/prober-log.ts'
import type { ProcessEnd } from '../process/exit-registry.ts'
import type { OpenWork, ProcessTies } from '../process/process-ties.ts'
import type { WarmUp } from '../warm-up/warm-up.ts'
import { BackgroundWork } from './background-work.ts'
import { Departure } from './departure.ts'
import type { DrainRecord } from './drain-record.ts'
import { Hooks } from './hooks.ts'
import { chooseLameDuck } from './lame-duck.ts'

const LEAVING = statusAnswer('fail', { status: 'fail', reason: 'draining' })

export interface ShutdownInit {
  readonly options: ResolvedOptions
  readonly graph: DependencyGraph
  readonly door: FrontDoor
  readonly probers: ProberLog
  readonly monitor: HealthMonitor
  readonly warmUp: WarmUp
  readonly state: State
  readonly ties: ProcessTies
  readonly emit: Emit
  readonly logger: Logger
  /** Closes the port of the probes, when everything else is closed. */
  closeProbes(): Promise<void>
  onBegin(reason: string): void
}

/** Who wants the lifecycle to end. */
export interface ShutdownCause {
  readonly reason: string
  /** How long to go on serving first, in milliseconds, if the call says anything of it. */
  readonly lameDuck?: number | undefined
  readonly signal?: NodeJS.Signals | undefined
}

/** The one shutdown of a lifecycle, whoever has begun it. */
export class Shutdown {
  readonly hooks: Hooks = new Hooks()
  readonly background: BackgroundWork
  /** Aborts when the listener has closed. */
  readonly listenerClosed: AbortController = new AbortController()
  readonly #init: ShutdownInit
  #departure: Departure | undefined
  #stopped: Promise<DrainRecord> | undefined
  /** Whether something else than the shutdown itself has gone wrong. */
  #failed = false

  constructor(init: ShutdownInit) {
    this.#init = init
    this.background = new BackgroundWork(init.logger)
    // Every event stream may listen to it.
    setMaxListeners(0, this.listenerClosed.signal)
  }

  /** What it ends with; `undefined` before it has begun. */
  get stopped(): Promise<DrainRecord> | undefined {
    return this.#stopped
  }

  /** What is still open, for whoever ends the process before us. */
  get #open(): OpenWork {
    const { door, state } = this.#init
    const { connections, inFlight } = door.arrivals.traffic
    return { phase: state.phase, requests: inFlight, connections: connections.size, cut: wouldBeCut(connections) }
  }

  begin(cause: ShutdownCause): Promise<DrainRecord> {
    if (this.#stopped !== undefined) return this.#stopped
    const { door, state, ties, warmUp, onBegin } = this.#init
    const departure = this.#createDeparture(cause)
    const stopped = createDeferred<DrainRecord>()
    this.#departure = departure
    this.#stopped = stopped.promise
    door.arrivals.wayOut = departure
    if (this.#init.options.probes.envoy) door.arrivals.tellEnvoy()
    if (state.phase === 'warming' && door.gate.refusal !== undefined) door.gate.refusal = LEAVING
    ties.beginLeaving(() => this.#open)
    state.moveTo('draining', cause.reason)
    warmUp.abort()
    onBegin(cause.reason)
    this.#depart(departure).then(stopped.resolve, stopped.reject)
    door.gate.dismiss(LEAVING)
    return stopped.promise
  }

  /** Somebody calls who may be a step of it. */
  calledAgain(): void {
    this.#departure?.calledAgain()
  }

  /** Goes on at once from the drain to the close. */
  skipDrain(): void {
    this.#departure?.skipDrain()
  }

  /** The process is to end with this, and its exit code has to tell that something went wrong. */
  fail(end: ProcessEnd): void {
    this.#failed = true
    this.leave(end)
    this.#init.ties.endProcess(end)
  }

  /** Nobody has caught this. */
  crashed(error: unknown): void {
    const message = failureMessage(error)
    const then = this.#init.options.exit ? 'then exiting' : 'and leaving the exit to you, as shutdown.exit is false'
    this.#init.logger.error({ error }, `nobody has caught this; draining, ${then}: ${message}`)
    this.fail({ reason: `crashed: ${message}`, isBroken: true })
  }

  /** The process has to end. What has broken something may take no longer than closing is given. */
  leave({ reason, isBroken }: ProcessEnd): void {
    void this.begin({ reason })
    if (isBroken) setTimeout(() => this.skipDrain(), this.#init.options.shutdown.close).unref()
  }

  #createDeparture({ reason, lameDuck, signal }: ShutdownCause): Departure {
    const { options, graph, door, probers, warmUp, emit, logger } = this.#init
    const budget = options.shutdown
    const { lastAskedAt } = probers
    const sinceProbe = lastAskedAt === undefined ? undefined : performance.now() - lastAskedAt
    return new Departure({
      budget,
      dependencies: options.dependencies,
      graph,
      traffic: door.arrivals.traffic,
      servers: () => door.servers.all.values(),
      hooks: this.hooks,
      background: this.background,
      probers,
      emit,
      logger,
      reason,
      lameDuck: chooseLameDuck({
        budget,
        asked: lameDuck,
        signal,
        env: process.env,
        hasServer: door.servers.all.size > 0,
        sinceProbe,
      }),
      hasBegun: (name) => warmUp.hasBegun(name),
      onListenerClosed: () => {
        if (options.late === 'reject') door.gate.refusal = LEAVING
        this.listenerClosed.abort()
      },
      moveTo: (phase) => this.#moveOn(phase),
    })
  }

  #moveOn(phase: Phase): void {
    const { monitor, state } = this.#init
    if (phase === 'closing') monitor.stopAll()
    state.moveTo(phase)
  }

  async #depart(departure: Departure): Promise<DrainRecord> {
    const { door, ties, emit, closeProbes } = this.#init
    const course = await departure.run()
    await door.servers.letGo()
    await closeProbes()
    const { cut, lost } = course.requests
    const unclean = cut > 0 || lost > 0 || course.steps.some(({ outcome }) => outcome !== 'done')
    const exitCode = unclean || this.#failed ? 1 : 0
    const record = Object.freeze({ ...course, repeatedSignals: ties.repeatedSignals, exitCode })
    ties.endLeaving()
    this.#moveOn('stopped')
    emit('stopped', record)
    ties.release(exitCode)
    return record
  }
}
