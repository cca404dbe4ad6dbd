import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import type { ListenOptions, Server as NetServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { StageContext } from '../dependency.ts'
import type { WebServer } from '../drain/watch-server.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { HealthReport } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'
import type { Duration } from '../options/duration.ts'
import type { RenderProbe } from '../probes/forms/probe-format.ts'
import type { ProbeHeaders } from '../probes/probers/prober.ts'
import type { DrainRecord } from '../shutdown/drain-record.ts'
import type { HookOptions, HookStep } from '../shutdown/hooks.ts'
import type { LifecycleEvents } from './events.ts'
import type { FindProbe } from './find-probe.ts'
import type { Gate } from './gate.ts'
import type { Phase } from './phase.ts'

/** What answers requests: a framework's app, or a function of yours; what it returns does not matter. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Where a server listens: a port, a path, options, or a server or socket that is bound already, such as the number of an
 * inherited file descriptor.
 */
export type ListenTarget = number | string | ListenOptions | NetServer | Socket | { readonly fd: number }

type Listening = () => void

/** The forms of `net.Server#listen`: its callback, if any, comes last. */
export type ListenArguments =
  | [listening?: Listening]
  | [where: ListenTarget | undefined, listening?: Listening]
  | [where: ListenTarget | undefined, backlog: number | undefined, listening?: Listening]
  | [port: number | undefined, hostname: string | undefined, listening?: Listening]
  | [port: number | undefined, hostname: string | undefined, backlog: number | undefined, listening?: Listening]

/** What is asked of `probe`. A Fetch `Request` is one, and so is `node:http`'s. */
export interface ProbeRequest {
  /** Default `'GET'`. */
  readonly method?: string | undefined
  /** A path, with or without a query, or a whole URL. */
  readonly url?: string | URL | undefined
  /** `Accept` decides the form of the answer. */
  readonly headers?: ProbeHeaders | undefined
  /** Of whoever asks, for `Prober.address`. */
  readonly address?: string | undefined
}

export interface ShutdownCall {
  /** Why, for the record and the log. Default `'shutdown()'`. */
  readonly reason?: string | undefined
  /** How long to go on serving first. Default `false`. */
  readonly lameDuck?: Duration | false | undefined
}

/** An answer of HTTP/1.1 or HTTP/2, or a socket that speaks another protocol by now. */
export type LongLivedSubject = ServerResponse | Http2ServerResponse | ServerHttp2Stream | Duplex

/** What the application's requests need, judged anew at each call; `undefined` when all of it works. */
export interface Requirement {
  (): HttpAnswer | undefined
  /**
   * Says which endpoint it guards, for `affectedEndpoints` in the report: the pattern of its route, as `'/products/:id'`,
   * never what a request asked for. Told again it does nothing; at most 100 are kept for each dependency.
   */
  guards(method: string, path: string): void
}

/** Owns the dependencies and the phase the process is in. Inert until `listen`, `attach` or `start`. */
export interface Lifecycle<Name extends string = string> {
  readonly phase: Phase
  /** What `/readyz` answers. */
  readonly ready: boolean
  /**
   * The share of its usual traffic that the instance should get, from 0 to 1: 0 while it is not ready, 1 when it is, and
   * in between for `slowStart.window` after each time it has become ready.
   */
  readonly weight: number
  /** Aborts when the listener has closed: event streams and long polls should end themselves. */
  readonly drainSignal: AbortSignal
  /** The port that `probes.port` has opened, while it is open. */
  readonly probePort: number | undefined
  /** Which signals of the process begin its shutdown, as `shutdown.signals` says. */
  readonly signals: readonly NodeJS.Signals[]
  /** Where probes are answered, `probes.prefix` included; none where the path is `false`. */
  readonly probePaths: readonly string[]
  readonly logger: Logger
  /** What the other instances know; `undefined` when the lifecycle was given no fleet. */
  readonly fleet: FleetView | undefined

  report(): HealthReport<Name>

  /**
   * Opens a port and starts: warm-up, checks and signal handlers. Resolves with the server as soon as the port is open;
   * the warm-up goes on behind it. Rejects with the server's own error (`EADDRINUSE`) and leaves nothing running.
   *
   * With `warmUp.whileWarming: 'closed'` it starts at once and opens the port when the service is ready, which is when it
   * resolves; rejected by the server then, it has been started all the same.
   *
   * @throws {LifecycleError} `TIDEGATE_PHASE` once the lifecycle is leaving; `TIDEGATE_CONFIG` for a server that another
   * lifecycle has, which lets go of it when it has stopped; `TIDEGATE_WARM_UP` when the lifecycle has stopped before the
   * port could be opened, unless the process exits with it.
   */
  listen(handler: RequestHandler, ...where: ListenArguments): Promise<Server>
  /** The same with a server of yours: `http`, `https`, or either kind of `http2`. */
  listen<S extends WebServer>(server: S, ...where: ListenArguments): Promise<S>
  /**
   * Takes charge of a server you made. The lifecycle starts when its port opens, or at once if it is open. With
   * `warmUp.whileWarming: 'closed'` the server's own `listen` starts it, and is put off until the service is ready; what
   * would reject there is an `'error'` event of the server here, or a warning in the log when nobody listens to it.
   *
   * @throws {LifecycleError} As `listen` does.
   */
  attach<S extends WebServer>(server: S): S
  /** Starts without a server, for workers. Resolves when everything has begun; see `whenReady`. */
  start(): Promise<void>
  /**
   * Resolves at first ready.
   *
   * @throws {LifecycleError} `TIDEGATE_WARM_UP` when the lifecycle leaves before it was ready; the signal's reason when it aborts.
   */
  whenReady(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /**
   * Drains and closes everything; never exits the process. Every call gets the promise of the first. A step of it that awaits
   * it waits for itself until its limit: the log says so.
   */
  shutdown(call?: ShutdownCall): Promise<DrainRecord>
  /** Takes the instance out of rotation until the returned function is called. Holds add up. */
  hold(reason: string): () => void

  /**
   * Counts background work as in flight: the drain waits for it until its deadline, and the close for what is begun later
   * until its own, where it is cut and the process exits with 1. Gives `work` back; a rejection is logged.
   */
  waitUntil<Result>(work: Promise<Result>): Promise<Result>

  /**
   * Says that an answer or a connection lasts as long as its client likes, and has until `shutdown.longLived`. Event streams
   * whose `content-type` was set by `setHeader`, or whose request accepts nothing else, and whatever was upgraded, are known
   * without it.
   *
   * @param leave called once the listener has closed: the place for a last `retry:` and the end, or a close frame. What it
   * throws is logged.
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, for what is neither node's own response nor a socket.
   */
  longLived(what: LongLivedSubject, leave?: () => unknown): void

  /**
   * Adds an awaited step of the shutdown; returns what removes it. `drain` runs from the signal on, to stop taking new
   * work; `leave` from the close of the listener on, within `shutdown.longLived`, to end connections that would not end
   * themselves; `drained` after the last request; `close` after the dependencies.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, for an unknown step, what is no function, and a limit of another hook than
   * a `drained` one.
   */
  addHook(step: HookStep, hook: (context: StageContext) => Promise<void>, options?: HookOptions): () => void

  /**
   * Adds a judge of the application's requests; returns what removes it. It is asked for each one ahead of the framework,
   * after the gate of the warm-up, never for a probe or what the service asks itself, and answers at once: what refuses the request, or `undefined`. A
   * request that it refuses is counted as one that the warm-up refuses. One that throws lets the request pass. Without any
   * gate a request costs nothing more.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, for what is no function.
   */
  addGate(gate: Gate): () => void

  /**
   * Adds probes of your own; returns what removes them. `find` is asked with the target of each request ahead of the
   * framework, of every gate and of the other probes: what it gives answers on node's response, whenever it likes, also
   * while the service warms up or leaves; `undefined` leaves the request to others. One that throws finds nothing. What
   * comes over HTTP/2 is answered where the server has a listener for `request`. `probe()` knows none of them.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, for what is no function.
   */
  addProbe(find: FindProbe): () => void

  /**
   * Answers a probe, or refuses at the gate. True when the request is not yours any more: it has been answered, or its
   * client has left. A promise of that only while the request waits, with `warmUp.whileWarming: 'queue'`.
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean>
  /**
   * The same without node's objects, for servers that have others (Fetch, HTTP/3, an RPC): what to answer to a probe or to
   * a request at the gate, where none waits; `undefined` when the request is the application's.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, for what is no request.
   */
  probe(request: ProbeRequest): HttpAnswer | undefined
  /**
   * Answers probes in another form, whenever `Accept` wants this media type more than JSON: HTML for people, say. The
   * status code stays what it is. Returns what removes the form again.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, for what is no media type, and for one that there is already.
   */
  addProbeFormat(mediaType: string, render: RenderProbe): () => void
  /**
   * Judges by name, for routes: the returned function gives the 503 to send while one of them fails. Passes while idle.
   *
   * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, at once.
   */
  requires(...names: Name[]): Requirement

  on<Event extends keyof LifecycleEvents>(event: Event, listener: (value: LifecycleEvents[Event]) => void): () => void
}
