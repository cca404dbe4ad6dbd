import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

import { createDeferred } from '../deferred.ts'
import type { StageContext } from '../dependency.ts'
import type { WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import { FleetSeat } from '../fleet/fleet-seat.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { createDependencyGraph } from '../graph/dependency-graph.ts'
import { failureMessage } from '../health/failure-message.ts'
import { HealthMonitor } from '../health/health-monitor.ts'
import type { HealthReport } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'
import { guardLogger, SILENT } from '../logger.ts'
import type { Logger } from '../logger.ts'
import { createDefaultLog } from '../logging/default-log.ts'
import { describeValue } from '../options/describe-value.ts'
import { formatDuration } from '../options/duration.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import { statusAnswer } from '../probes/answers/probe-answer.ts'
import type { RenderProbe } from '../probes/forms/probe-format.ts'
import { ProbeServer } from '../probes/probe-server.ts'
import { ProberLog } from '../probes/probers/prober-log.ts'
import { TrustedAddresses } from '../probes/probers/trusted-addresses.ts'
import { Probes } from '../probes/probes.ts'
import { ProcessTies } from '../process/process-ties.ts'
import { writeNow } from '../process/write-now.ts'
import type { DrainRecord } from '../shutdown/drain-record.ts'
import type { Hook, HookStep } from '../shutdown/hooks.ts'
import { readShutdownCall } from '../shutdown/shutdown-call.ts'
import { Shutdown } from '../shutdown/shutdown.ts'
import { slowStartWeight } from '../slow-start.ts'
import { untilAborted } from '../until-aborted.ts'
import { describePending } from '../warm-up/describe-pending.ts'
import { Rewarm } from '../warm-up/rewarm.ts'
import { WarmUp } from '../warm-up/warm-up.ts'
import { assertServer } from './assert-server.ts'
import { Emitter } from './emitter.ts'
import type { LifecycleEvents } from './events.ts'
import { FrontDoor } from './front-door.ts'
import type { Gate } from './gates.ts'
import type {
  Lifecycle,
  ListenArguments,
  LongLivedSubject,
  ProbeRequest,
  RequestHandler,
  Requirement,
  ShutdownCall,
} from './lifecycle.ts'
import { logEvents } from './log-events.ts'
import { openServer } from './open-server.ts'
import type { FindProbe } from './own-probes.ts'
import type { Phase } from './phase.ts'
import type { ClosedPort } from './put-off-listen.ts'
import { Readiness } from './readiness.ts'
import { createRequirement } from './requirement.ts'
import { State } from './state.ts'
import { WaitingRoom } from './waiting-room.ts'

const WARMING = statusAnswer('fail', { status: 'fail', reason: 'warming' })

/** Puts the parts together; each does its own work. */
export class TidegateLifecycle<Name extends string> implements Lifecycle<Name> {
  readonly logger: Logger
  readonly #options: ResolvedOptions
  readonly #emitter: Emitter
  readonly #monitor: HealthMonitor
  readonly #warmUp: WarmUp
  readonly #rewarm: Rewarm
  readonly #seat: FleetSeat | undefined
  readonly #state: State
  readonly #readiness: Readiness
  readonly #probes: Probes
  readonly #probeServer: ProbeServer | undefined
  readonly #door: FrontDoor
  readonly #ties: ProcessTies
  readonly #shutdown: Shutdown
  readonly #ready = createDeferred()
  /** Looks every now and then whether the service should have been ready by now. */
  #lateness: NodeJS.Timeout | undefined

  constructor(options: ResolvedOptions) {
    this.#options = options
    const { dependencies, warmUp } = options
    const { name: service, version, instance } = options.service
    const about = { service, version, instance }
    const log = createDefaultLog(options.logStyle, about, process.env)
    this.logger = options.logger === false ? SILENT : guardLogger(options.logger ?? log.logger)
    this.#emitter = new Emitter(this.logger)
    const draw = options.logger === undefined ? log.draw : undefined
    // First, so that the last line of the warm-up comes when there is nothing drawn below it any more.
    draw?.(this.#emitter, () => this.report())
    logEvents(this.#emitter, this.logger, draw !== undefined)
    const graph = createDependencyGraph(dependencies)
    const { emit } = this.#emitter
    this.#rewarm = new Rewarm({
      dependencies,
      graph,
      retry: warmUp.retry,
      emit,
      logger: this.logger,
      random: Math.random,
      connectToSelf: (how) => this.#door.connectToSelf(how),
      isFailing: (name) => this.#monitor.statusOf(name) === 'fail',
    })
    this.#monitor = new HealthMonitor({
      dependencies: dependencies.map((one) => ({ ...one, options: one.health, warmsUp: one.warmUp !== undefined })),
      rootCauseOf: graph.rootCauseOf,
      askRecovery: this.#rewarm.askRecovery,
      emit,
      logger: this.logger,
      onChange: () => this.#changed(),
    })
    this.#warmUp = new WarmUp({
      dependencies,
      graph,
      retry: warmUp.retry,
      emit,
      logger: this.logger,
      random: Math.random,
      connectToSelf: (how) => this.#door.connectToSelf(how),
      onWarm: (name) => {
        this.#rewarm.hasWarmed(name)
        this.#monitor.begin(name)
      },
      onFailed: (name, message) => this.#warmUpFailed(name, message),
      onChange: () => this.#changed(),
    })
    this.#seat = this.#createSeat()
    const probers = new ProberLog(new TrustedAddresses(options.probes.trusted))
    this.#state = new State({
      options,
      monitor: this.#monitor,
      warmUp: this.#warmUp,
      seat: this.#seat,
      probers,
      emit,
      onChange: () => this.#readiness.changed(),
    })
    this.#readiness = new Readiness(this.#state, emit)
    this.#emitter.on('fleet', () => this.#readiness.changed())
    this.#probes = new Probes(this.#state, options.probes, probers, this.logger)
    const { port, host } = options.probes
    if (port !== undefined) {
      this.#probeServer = new ProbeServer({ port, host, probes: this.#probes, logger: this.logger })
    }
    this.#door = new FrontDoor({
      probes: this.#probes,
      logger: this.logger,
      isRunning: () => this.phase !== 'idle',
      onListening: () => this.#begin(),
      closedPort: this.#keepsClosed ? this.#closedPort() : undefined,
    })
    this.#ties = new ProcessTies({
      signals: options.signals,
      exit: options.exit,
      onCrash: options.onCrash === 'drain' ? (error) => this.#crashed(error) : undefined,
      flushMs: options.shutdown.flush,
      logger: this.logger,
      tellNow: (fields, message) => {
        if (options.logger !== false) writeNow(log.line('error', fields, message), options.shutdown.flush)
      },
      leave: (signal) => {
        if (this.#shutdown.stopped !== undefined) return false
        void this.#shutdown.begin({ reason: signal, signal })
        return true
      },
      leaveToo: ({ reason, isBroken }) => {
        this.#shutdown.leave({ reason: `another lifecycle ends the process: ${reason}`, isBroken })
      },
      skipDrain: () => this.#shutdown.skipDrain(),
    })
    this.#shutdown = new Shutdown({
      options,
      graph,
      door: this.#door,
      probers,
      monitor: this.#monitor,
      warmUp: this.#warmUp,
      state: this.#state,
      ties: this.#ties,
      emit,
      logger: this.logger,
      closeProbes: async () => this.#probeServer?.close(),
      onBegin: (reason) => {
        clearInterval(this.#lateness)
        const why = `the lifecycle was shut down before it was ready: ${reason}`
        this.#ready.reject(new LifecycleError('TIDEGATE_WARM_UP', why))
        this.#rewarm.stop()
      },
    })
    // Nobody has to wait for ready; a warm-up that never came to it is in the log anyway.
    this.#ready.promise.catch(() => {})
  }

  get phase(): Phase {
    return this.#state.phase
  }

  get ready(): boolean {
    return this.#state.ready
  }

  get weight(): number {
    const { since } = this.#readiness
    if (since === undefined) return 0
    const { slowStart } = this.#options
    return slowStart === undefined ? 1 : slowStartWeight(slowStart, performance.now() - since)
  }

  get probePort(): number | undefined {
    return this.#probeServer?.port
  }

  get signals(): readonly NodeJS.Signals[] {
    return this.#options.signals
  }

  get fleet(): FleetView | undefined {
    return this.#seat
  }

  get drainSignal(): AbortSignal {
    return this.#shutdown.listenerClosed.signal
  }

  report(): HealthReport<Name> {
    return this.#state.report()
  }

  listen(handler: RequestHandler, ...where: ListenArguments): Promise<Server>
  listen<S extends WebServer>(server: S, ...where: ListenArguments): Promise<S>
  async listen(handler: RequestHandler | WebServer, ...where: ListenArguments): Promise<WebServer> {
    this.#assertNotLeaving('listen')
    const server = typeof handler === 'function' ? createServer(handler) : assertServer(handler)
    const wasAttached = this.#door.servers.all.has(server)
    this.attach(server)
    try {
      if (this.#probeServer !== undefined) await this.#openProbes(this.#probeServer, 'listen')
      if (!server.listening) await openServer(server, where)
      // A shutdown may have come between; the drain does not see a server that is unwatched below.
      if (this.#shutdown.stopped !== undefined) await this.#door.servers.close(server)
      this.#assertNotLeaving('listen')
    } catch (error) {
      const explained = this.#probeServer?.explainTaken(error) ?? error
      if (!wasAttached) this.#door.servers.unwatch(server)
      if (this.phase === 'idle') await this.#probeServer?.closeAgain()
      // A framework that is closed with the lifecycle closes the server, which says less.
      if (this.#keepsClosed && this.#shutdown.stopped !== undefined) await this.#untilPortMayOpen()
      throw explained
    }
    return server
  }

  attach<S extends WebServer>(server: S): S {
    assertServer(server)
    this.#assertNotLeaving('attach')
    this.#door.servers.attach(server)
    if (server.listening) this.#begin()
    return server
  }

  async start(): Promise<void> {
    this.#assertNotLeaving('start')
    // Without one the warm-up has begun when the call returns.
    if (this.#probeServer !== undefined) await this.#openProbes(this.#probeServer, 'start')
    this.#begin()
  }

  whenReady({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return signal === undefined ? this.#ready.promise : untilAborted(this.#ready.promise, signal)
  }

  shutdown(call: ShutdownCall = {}): Promise<DrainRecord> {
    if (this.#shutdown.stopped !== undefined) {
      this.#shutdown.calledAgain()
      return this.#shutdown.stopped
    }
    try {
      return this.#shutdown.begin(readShutdownCall(call))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  hold(reason: string): () => void {
    const release = this.#state.hold(reason)
    this.logger.info({ reason }, 'held out of rotation')
    return () => {
      release()
      this.logger.info({ reason }, 'hold released')
    }
  }

  longLived(what: LongLivedSubject, leave: () => unknown = () => {}): void {
    if (typeof leave !== 'function') {
      const advice = 'its second argument is a function that ends the first'
      throw new LifecycleError('TIDEGATE_CONFIG', `longLived() was given ${describeValue(leave)}; ${advice}`)
    }
    this.#door.arrivals.longLived(what, () => this.#guard(leave))
  }

  addHook(step: HookStep, hook: Hook): () => void {
    return this.#shutdown.hooks.add(step, hook)
  }

  addGate(gate: Gate): () => void {
    return this.#door.judge.addGate(gate)
  }

  addProbe(find: FindProbe): () => void {
    return this.#door.judge.addProbe(find)
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean> {
    return this.#door.handle(request, response)
  }

  probe(request: ProbeRequest): HttpAnswer | undefined {
    return this.#door.judge.probe(request)
  }

  addProbeFormat(mediaType: string, render: RenderProbe): () => void {
    return this.#probes.formats.add(mediaType, render)
  }

  waitUntil<Result>(work: Promise<Result>): Promise<Result> {
    return this.#shutdown.background.add(work)
  }

  requires(...names: Name[]): Requirement {
    return createRequirement(names, { options: this.#options, state: this.#state, monitor: this.#monitor })
  }

  on<Event extends keyof LifecycleEvents>(event: Event, listener: (value: LifecycleEvents[Event]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  /** Calls what the application has given, which must not end the process by failing. */
  #guard(leave: () => unknown): void {
    const complain = (error: unknown): void => {
      this.logger.error({ error: failureMessage(error) }, 'what was to end a long-lived connection failed')
    }
    try {
      Promise.resolve(leave()).catch(complain)
    } catch (error) {
      complain(error)
    }
  }

  #assertNotLeaving(call: string): void {
    if (this.#shutdown.stopped === undefined) return
    throw new LifecycleError(
      'TIDEGATE_PHASE',
      `${call}() was called while ${this.phase}: a lifecycle runs once; create a new one with createLifecycle()`,
    )
  }

  /** Before anything else, so that whoever cannot have it leaves nothing running. */
  async #openProbes(server: ProbeServer, call: string): Promise<void> {
    await server.open()
    this.#assertNotLeaving(call)
  }

  #begin(): void {
    if (this.phase !== 'idle') return
    // A server that was attached opens by itself, and nobody is there to be told.
    this.#probeServer?.open().catch((error: unknown) => this.logger.error({}, (error as Error).message))
    this.#ties.bind()
    const { whileWarming, queue, readyWithin } = this.#options.warmUp
    if (whileWarming !== 'serve') this.#door.gate.refusal = WARMING
    if (whileWarming === 'queue') this.#door.gate.room = new WaitingRoom({ ...queue, refusal: WARMING })
    this.#joinFleet()
    this.#state.moveTo('warming')
    this.#warmUp.begin()
    this.#changed()
    // Behind the limits of the first attempts, which say more of what has gone wrong.
    if (this.#isWarming) this.#lateness = setInterval(() => setImmediate(() => this.#isLate()), readyWithin)
  }

  get #isWarming(): boolean {
    return this.phase === 'warming'
  }

  get #keepsClosed(): boolean {
    return this.#options.warmUp.whileWarming === 'closed'
  }

  #closedPort(): ClosedPort {
    return {
      isClosed: () => this.phase === 'idle' || this.#isWarming,
      wanted: () => this.#begin(),
      untilOpen: () => this.#untilPortMayOpen(),
      logger: this.logger,
    }
  }

  /**
   * What waits for the port fails when everything is closed, and not when the process is to exit then: an error that
   * nobody catches would cut the shutdown, and its exit code.
   */
  async #untilPortMayOpen(): Promise<void> {
    try {
      await this.#ready.promise
    } catch (error) {
      await this.#shutdown.stopped
      if (this.#ties.exits) await new Promise(() => {})
      throw new LifecycleError('TIDEGATE_WARM_UP', `the port was never opened: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }

  #createSeat(): FleetSeat | undefined {
    const { fleet, service, probes, dependencies } = this.#options
    if (fleet === undefined) return undefined
    const shared = dependencies.filter(({ critical, scope, check }) => critical && scope === 'remote' && check)
    return new FleetSeat({
      ...fleet,
      instance: service.instance,
      dependencies: shared.map(({ name }) => name),
      followed: probes.readiness === 'fleet',
      emitter: this.#emitter,
      logger: this.logger,
      phase: () => this.phase,
    })
  }

  #joinFleet(): void {
    const seat = this.#seat
    if (seat === undefined) return
    seat.join()
    const leave = (context: StageContext): Promise<void> => seat.leave(context)
    this.addHook('drained', Object.defineProperty(leave, 'name', { value: 'leave the fleet' }))
  }

  #changed(): void {
    this.#rewarm.review()
    this.#readiness.changed()
    if (this.phase !== 'warming' || !this.#warmUp.completed) return
    const criticalOnes = this.#options.dependencies.filter(({ critical, check }) => critical && check !== undefined)
    if (criticalOnes.some(({ name }) => this.#monitor.statusOf(name) === 'fail')) return
    clearInterval(this.#lateness)
    this.#ties.endWarming()
    this.#state.moveTo('ready')
    this.#door.gate.open()
    this.#ready.resolve()
  }

  /** The service should have been ready by now. */
  #isLate(): void {
    if (!this.#isWarming) return
    const { onFailure, readyWithin } = this.#options.warmUp
    const report = this.report()
    const limit = formatDuration(readyWithin)
    const pending = describePending(report)
    if (onFailure === 'exit') {
      this.#shutdown.fail({ reason: `not ready within ${limit}: ${pending}`, isBroken: false })
    } else {
      this.logger.warn({ warmUp: report.warmUp }, `not ready for another ${limit}: ${pending}`)
    }
  }

  #warmUpFailed(name: string, message: string): void {
    this.#monitor.fail(name, message)
    const { warmUp, dependencies } = this.#options
    const isCritical = dependencies.some((dependency) => dependency.name === name && dependency.critical)
    if (warmUp.onFailure !== 'exit' || !isCritical || this.phase !== 'warming') return
    this.#shutdown.fail({ reason: `the warm-up of ${name} failed: ${message}`, isBroken: false })
  }

  #crashed(error: unknown): void {
    const message = failureMessage(error)
    const then = this.#options.exit ? 'then exiting' : 'and leaving the exit to you, as shutdown.exit is false'
    this.logger.error({ error }, `nobody has caught this; draining, ${then}: ${message}`)
    this.#shutdown.fail({ reason: `crashed: ${message}`, isBroken: true })
  }
}
