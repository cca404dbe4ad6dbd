import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

import type { WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import type { FleetSeat } from '../fleet/fleet-seat.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { HealthMonitor } from '../health/health-monitor.ts'
import type { HealthReport } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'
import { describeValue } from '../options/describe-value.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import type { RenderProbe } from '../probes/forms/probe-format.ts'
import type { ProbeServer } from '../probes/probe-server.ts'
import type { Probes } from '../probes/probes.ts'
import type { DrainRecord } from '../shutdown/drain-record.ts'
import type { Hook, HookOptions, HookStep } from '../shutdown/hooks.ts'
import { readShutdownCall } from '../shutdown/shutdown-call.ts'
import type { Shutdown } from '../shutdown/shutdown.ts'
import { slowStartWeight } from '../slow-start.ts'
import { untilAborted } from '../until-aborted.ts'
import { assemble } from './assemble.ts'
import { assertServer } from './assert-server.ts'
import { callLeave } from './call-leave.ts'
import type { Emitter } from './emitter.ts'
import type { LifecycleEvents } from './events.ts'
import type { FindProbe } from './find-probe.ts'
import type { FrontDoor } from './front-door.ts'
import type { Gate } from './gate.ts'
import type {
  Lifecycle,
  ListenArguments,
  LongLivedSubject,
  ProbeRequest,
  RequestHandler,
  Requirement,
  ShutdownCall,
} from './lifecycle.ts'
import { openServer } from './open-server.ts'
import type { Phase } from './phase.ts'
import type { Readiness } from './readiness.ts'
import { createRequirement } from './requirement.ts'
import type { State } from './state.ts'
import type { WayIn } from './way-in.ts'

/** What users call: each method asks the part whose work it is. */
export class TidegateLifecycle<Name extends string> implements Lifecycle<Name> {
  readonly logger: Logger
  readonly #options: ResolvedOptions
  readonly #emitter: Emitter
  readonly #monitor: HealthMonitor
  readonly #seat: FleetSeat | undefined
  readonly #state: State
  readonly #readiness: Readiness
  readonly #probes: Probes
  readonly #probeServer: ProbeServer | undefined
  readonly #door: FrontDoor
  readonly #shutdown: Shutdown
  readonly #wayIn: WayIn

  constructor(options: ResolvedOptions) {
    const parts = assemble(options)
    this.logger = parts.logger
    this.#options = options
    this.#emitter = parts.emitter
    this.#monitor = parts.monitor
    this.#seat = parts.seat
    this.#state = parts.state
    this.#readiness = parts.readiness
    this.#probes = parts.probes
    this.#probeServer = parts.probeServer
    this.#door = parts.door
    this.#shutdown = parts.shutdown
    this.#wayIn = parts.wayIn
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

  get probePaths(): readonly string[] {
    return Object.values(this.#options.probes.paths).filter((path) => path !== false)
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
      if (this.#keepsClosed && this.#shutdown.stopped !== undefined) await this.#wayIn.untilPortMayOpen()
      throw explained
    }
    return server
  }

  attach<S extends WebServer>(server: S): S {
    assertServer(server)
    this.#assertNotLeaving('attach')
    this.#door.servers.attach(server)
    if (server.listening) this.#wayIn.begin()
    return server
  }

  async start(): Promise<void> {
    this.#assertNotLeaving('start')
    // Without one the warm-up has begun when the call returns.
    if (this.#probeServer !== undefined) await this.#openProbes(this.#probeServer, 'start')
    this.#wayIn.begin()
  }

  whenReady({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { ready } = this.#wayIn
    return signal === undefined ? ready : untilAborted(ready, signal)
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
    this.#door.arrivals.longLived(what, () => callLeave(leave, this.logger))
  }

  addHook(step: HookStep, hook: Hook, options?: HookOptions): () => void {
    return this.#shutdown.hooks.add(step, hook, options)
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

  get #keepsClosed(): boolean {
    return this.#options.warmUp.whileWarming === 'closed'
  }
}
