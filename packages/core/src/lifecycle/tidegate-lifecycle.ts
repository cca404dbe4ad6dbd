import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

import { createDeferred } from '../deferred.ts'
import type { WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import { createDependencyGraph } from '../graph/dependency-graph.ts'
import type { DependencyGraph } from '../graph/dependency-graph.ts'
import { HealthMonitor } from '../health/health-monitor.ts'
import type { HealthReport } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'
import { createJsonLogger, guardLogger, SILENT } from '../logger.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import { statusAnswer } from '../probes/probe-answer.ts'
import { Probes } from '../probes/probes.ts'
import { ProcessTies } from '../process/process-ties.ts'
import { BackgroundWork } from '../shutdown/background-work.ts'
import { Departure } from '../shutdown/departure.ts'
import type { DrainRecord } from '../shutdown/drain-record.ts'
import { Hooks } from '../shutdown/hooks.ts'
import type { Hook, HookStep } from '../shutdown/hooks.ts'
import { chooseLameDuck } from '../shutdown/lame-duck.ts'
import type { LameDuck } from '../shutdown/lame-duck.ts'
import { readShutdownCall } from '../shutdown/shutdown-call.ts'
import { untilAborted } from '../until-aborted.ts'
import { WarmUp } from '../warm-up/warm-up.ts'
import { assertServer } from './assert-server.ts'
import { Emitter } from './emitter.ts'
import type { LifecycleEvents } from './events.ts'
import { FrontDoor } from './front-door.ts'
import type {
  Lifecycle,
  ListenArguments,
  ProbeRequest,
  RequestHandler,
  Requirement,
  ShutdownCall,
} from './lifecycle.ts'
import { logEvents } from './log-events.ts'
import { openServer } from './open-server.ts'
import type { Phase } from './phase.ts'
import { createRequirement } from './requirement.ts'
import { State } from './state.ts'

const WARMING = statusAnswer('fail', { status: 'fail', reason: 'warming' })
const LEAVING = statusAnswer('fail', { status: 'fail', reason: 'draining' })

/** Puts the parts together; each does its own work. */
export class TidegateLifecycle<Name extends string> implements Lifecycle<Name> {
  readonly logger: Logger
  readonly #options: ResolvedOptions
  readonly #graph: DependencyGraph
  readonly #emitter: Emitter
  readonly #monitor: HealthMonitor
  readonly #warmUp: WarmUp
  readonly #state: State
  readonly #probes: Probes
  readonly #door: FrontDoor
  readonly #hooks = new Hooks()
  readonly #background: BackgroundWork
  readonly #ties: ProcessTies
  readonly #ready = createDeferred()
  readonly #listenerClosed = new AbortController()
  #departure: Departure | undefined
  #stopped: Promise<DrainRecord> | undefined
  /** Whether `warmUp.onFailure: 'exit'` has ended it. */
  #failed = false

  constructor(options: ResolvedOptions) {
    this.#options = options
    const { dependencies, service, warmUp } = options
    const { version, instance } = service
    this.logger =
      options.logger === false
        ? SILENT
        : guardLogger(options.logger ?? createJsonLogger({ service: service.name, version, instance }))
    this.#emitter = new Emitter(this.logger)
    logEvents(this.#emitter, this.logger)
    this.#graph = createDependencyGraph(dependencies)
    const { emit } = this.#emitter
    this.#monitor = new HealthMonitor({
      dependencies: dependencies.map((one) => ({ ...one, options: one.health, warmsUp: one.warmUp !== undefined })),
      rootCauseOf: this.#graph.rootCauseOf,
      emit,
      logger: this.logger,
      onChange: () => this.#changed(),
    })
    this.#warmUp = new WarmUp({
      dependencies,
      graph: this.#graph,
      retry: warmUp.retry,
      emit,
      logger: this.logger,
      random: Math.random,
      onWarm: (name) => this.#monitor.begin(name),
      onFailed: (name, message) => this.#warmUpFailed(name, message),
      onChange: () => this.#changed(),
    })
    this.#state = new State({ options, monitor: this.#monitor, warmUp: this.#warmUp, emit })
    this.#probes = new Probes(this.#state, options.probes)
    this.#door = new FrontDoor({
      probes: this.#probes,
      logger: this.logger,
      isRunning: () => this.phase !== 'idle',
      onListening: () => this.#begin(),
    })
    this.#background = new BackgroundWork(this.logger)
    this.#ties = new ProcessTies({
      signals: options.signals,
      exit: options.exit,
      flushMs: options.shutdown.flush,
      logger: this.logger,
      leave: (signal) => {
        if (this.#stopped !== undefined) return false
        void this.#leave(signal, undefined, signal)
        return true
      },
      skipDrain: () => this.#departure?.skipDrain(),
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

  get drainSignal(): AbortSignal {
    return this.#listenerClosed.signal
  }

  report(): HealthReport<Name> {
    return this.#state.report()
  }

  listen(handler: RequestHandler, ...where: ListenArguments): Promise<Server>
  listen<S extends WebServer>(server: S, ...where: ListenArguments): Promise<S>
  async listen(handler: RequestHandler | WebServer, ...where: ListenArguments): Promise<WebServer> {
    this.#assertNotLeaving('listen')
    const server = typeof handler === 'function' ? createServer(handler) : assertServer(handler)
    const wasAttached = this.#door.servers.has(server)
    this.attach(server)
    try {
      if (!server.listening) await openServer(server, where)
      // A shutdown may have come between; the drain does not see a server that is unwatched below.
      if (this.#stopped !== undefined) this.#door.close(server)
      this.#assertNotLeaving('listen')
    } catch (error) {
      if (!wasAttached) this.#door.unwatch(server)
      throw error
    }
    return server
  }

  attach<S extends WebServer>(server: S): S {
    assertServer(server)
    this.#assertNotLeaving('attach')
    this.#door.watch(server)
    if (server.listening) this.#begin()
    return server
  }

  async start(): Promise<void> {
    this.#assertNotLeaving('start')
    this.#begin()
  }

  whenReady({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return signal === undefined ? this.#ready.promise : untilAborted(this.#ready.promise, signal)
  }

  shutdown(call: ShutdownCall = {}): Promise<DrainRecord> {
    if (this.#stopped !== undefined) return this.#stopped
    try {
      const { reason, lameDuck } = readShutdownCall(call)
      return this.#leave(reason, lameDuck, undefined)
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

  addHook(step: HookStep, hook: Hook): () => void {
    return this.#hooks.add(step, hook)
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#door.handle(request, response)
  }

  probe(request: ProbeRequest): HttpAnswer | undefined {
    return this.#door.probe(request)
  }

  waitUntil<Result>(work: Promise<Result>): Promise<Result> {
    return this.#background.add(work)
  }

  requires(...names: Name[]): Requirement {
    return createRequirement(names, this.#options, this.#state)
  }

  on<Event extends keyof LifecycleEvents>(event: Event, listener: (value: LifecycleEvents[Event]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  #assertNotLeaving(call: string): void {
    if (this.#stopped === undefined) return
    throw new LifecycleError(
      'TIDEGATE_PHASE',
      `${call}() was called while ${this.phase}: a lifecycle runs once; create a new one with createLifecycle()`,
    )
  }

  #begin(): void {
    if (this.phase !== 'idle') return
    this.#ties.bind()
    if (this.#options.warmUp.whileWarming === 'reject') this.#door.refusal = WARMING
    this.#state.moveTo('warming')
    this.#warmUp.begin()
    this.#changed()
  }

  #changed(): void {
    if (this.phase !== 'warming' || !this.#warmUp.completed) return
    const criticalOnes = this.#options.dependencies.filter(({ critical, check }) => critical && check !== undefined)
    if (criticalOnes.some(({ name }) => this.#monitor.statusOf(name) === 'fail')) return
    this.#door.refusal = undefined
    this.#ties.endWarming()
    this.#state.moveTo('ready')
    this.#ready.resolve()
  }

  #warmUpFailed(name: string, message: string): void {
    this.#monitor.fail(name, message)
    const { warmUp, dependencies } = this.#options
    const isCritical = dependencies.some((dependency) => dependency.name === name && dependency.critical)
    if (warmUp.onFailure !== 'exit' || !isCritical || this.phase !== 'warming') return
    this.#failed = true
    this.#ties.exitAtEnd()
    void this.#leave(`the warm-up of ${name} failed: ${message}`, undefined, undefined)
  }

  #leave(reason: string, asked: number | undefined, signal: NodeJS.Signals | undefined): Promise<DrainRecord> {
    const lameDuck = this.#chooseLameDuck(asked, signal)
    const departure = new Departure({
      budget: this.#options.shutdown,
      dependencies: this.#options.dependencies,
      graph: this.#graph,
      traffic: this.#door.traffic,
      servers: () => this.#door.servers.values(),
      hooks: this.#hooks,
      background: this.#background,
      emit: this.#emitter.emit,
      logger: this.logger,
      reason,
      lameDuck,
      hasBegun: (name) => this.#warmUp.hasBegun(name),
      onListenerClosed: () => this.#listenerClosed.abort(),
      moveTo: (phase) => this.#moveOn(phase),
    })
    this.#departure = departure
    this.#door.drain = departure.drain
    if (this.phase === 'warming' && this.#door.refusal !== undefined) this.#door.refusal = LEAVING
    const stopped = createDeferred<DrainRecord>()
    this.#stopped = stopped.promise
    this.#ties.endWarming()
    this.#state.moveTo('draining', reason)
    this.#warmUp.abort()
    const why = `the lifecycle was shut down before it was ready: ${reason}`
    this.#ready.reject(new LifecycleError('TIDEGATE_WARM_UP', why))
    this.#depart(departure).then(stopped.resolve, stopped.reject)
    return stopped.promise
  }

  #chooseLameDuck(asked: number | undefined, signal: NodeJS.Signals | undefined): LameDuck {
    const { lastAskedAt } = this.#probes
    const sinceProbe = lastAskedAt === undefined ? undefined : performance.now() - lastAskedAt
    return chooseLameDuck({ budget: this.#options.shutdown, asked, signal, env: process.env, sinceProbe })
  }

  #moveOn(phase: Phase): void {
    if (phase === 'closing') this.#monitor.stopAll()
    this.#state.moveTo(phase)
  }

  async #depart(departure: Departure): Promise<DrainRecord> {
    const course = await departure.run()
    const unclean = course.requests.cut > 0 || course.steps.some(({ outcome }) => outcome !== 'done')
    const exitCode = unclean || this.#failed ? 1 : 0
    const record = Object.freeze({ ...course, repeatedSignals: this.#ties.repeatedSignals, exitCode })
    this.#moveOn('stopped')
    this.#emitter.emit('stopped', record)
    this.#ties.release(exitCode)
    return record
  }
}
