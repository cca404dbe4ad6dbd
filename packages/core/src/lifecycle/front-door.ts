import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'

import { createDeferred } from '../deferred.ts'
import { CONNECTION, exchangesOf, openStreamOf } from '../drain/connection.ts'
import type { Connection, Exchange, TrackedSocket } from '../drain/connection.ts'
import type { Drain } from '../drain/drain.ts'
import { markLongLived } from '../drain/long-lived.ts'
import { Traffic } from '../drain/traffic.ts'
import { isWatched, watchServer } from '../drain/watch-server.ts'
import type { RequestEvent, WatchedServer, WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'
import { writeAnswer } from '../probes/answers/write-answer.ts'
import { writeRawAnswer } from '../probes/answers/write-raw-answer.ts'
import { writeStreamAnswer } from '../probes/answers/write-stream-answer.ts'
import { failImmediately, IMMEDIATE_FAIL } from '../probes/envoy.ts'
import { RequestProber } from '../probes/probers/prober.ts'
import type { Probes } from '../probes/probes.ts'
import { connectToSelf } from '../self/connect-to-self.ts'
import type { SelfConnection, SelfConnectOptions } from '../self/connect-to-self.ts'
import { isSelf, isSelfRequest, markSelf } from '../self/self-mark.ts'
import { Gates } from './gates.ts'
import type { Gate } from './gates.ts'
import { letRequestWait, letStreamWait } from './let-wait.ts'
import type { Gatekeeper } from './let-wait.ts'
import type { LongLivedSubject, ProbeRequest } from './lifecycle.ts'
import { longLivedTarget } from './long-lived-target.ts'
import { outlastBalancers } from './outlast-balancers.ts'
import { OwnProbes } from './own-probes.ts'
import type { FindProbe } from './own-probes.ts'
import { readProbeRequest } from './probe-request.ts'
import { putOffListen } from './put-off-listen.ts'
import type { ClosedPort } from './put-off-listen.ts'
import type { WaitingRoom } from './waiting-room.ts'
import { warnOfStrangers } from './warn-of-strangers.ts'

export interface FrontDoorInit {
  readonly probes: Probes
  readonly logger: Logger
  /** Whether a late server may be taken in: the lifecycle has started. */
  isRunning(): boolean
  /** A port has opened. */
  onListening(): void
  /** What keeps the ports of attached servers closed for now; `undefined` for nothing. */
  readonly closedPort: ClosedPort | undefined
}

/** What has to know of requests that come while the lifecycle is leaving. */
export interface WayOut {
  readonly drain: Drain
}

/** Where requests come in: probes are answered and the gate is kept here, ahead of the framework. */
export class FrontDoor {
  readonly traffic: Traffic = new Traffic()
  readonly servers: Map<WebServer, WatchedServer> = new Map()
  /** Set while the way out is under way. */
  wayOut: WayOut | undefined
  /** What the application's requests get instead of the application; absent when the gate is open. */
  refusal: HttpAnswer | undefined
  /** Where requests wait that would be refused; absent where they do not wait. */
  room: WaitingRoom | undefined
  readonly #listenAgain = new Map<WebServer, () => void>()
  readonly #keeper: Gatekeeper = {
    judge: (method, url, exchange) => this.#refuse(method, url, exchange),
    refused: (exchange) => this.#countRefused(exchange),
  }
  readonly #init: FrontDoorInit
  /** Absent while there are none, so that they cost nothing then. */
  #gates: Gates | undefined
  #ownProbes: OwnProbes | undefined
  #warned = false
  #saidIsOpen = false
  #isOver = false
  #tellsEnvoy = false

  constructor(init: FrontDoorInit) {
    this.#init = init
  }

  get drain(): Drain | undefined {
    return this.wayOut?.drain
  }

  /** Counts an answer or a connection among those without an end of their own. */
  longLived(what: LongLivedSubject, leave: () => void): void {
    const subject = longLivedTarget(what)
    markLongLived(subject, leave)
    this.drain?.farewell.marked(subject)
  }

  /** From now on every answer says that nothing more is to be sent here. */
  tellEnvoy(): void {
    this.#tellsEnvoy = true
    for (const connection of this.traffic.connections) exchangesOf(connection).forEach(failImmediately)
  }

  /**
   * A connection of the service to itself. What is asked there is the application's, and nobody else's: no gate judges it,
   * it is no probe, and the drain does not count it.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, when there is no such server.
   */
  async connectToSelf({ server, ...options }: SelfConnectOptions = {}): Promise<SelfConnection> {
    const [first] = this.servers.keys()
    const own = server ?? first
    if (own === undefined) {
      const advice =
        'call lifecycle.listen(app, port), or lifecycle.attach(server) before lifecycle.start(); Fastify does so with its plugin'
      throw new LifecycleError('TIDEGATE_CONFIG', `the lifecycle has no server to send requests to: ${advice}`)
    }
    if (!this.servers.has(own)) {
      const advice = 'give one that lifecycle.listen or lifecycle.attach was given, or leave it out'
      throw new LifecycleError(
        'TIDEGATE_CONFIG',
        `the server to send requests to is none of the lifecycle's: ${advice}`,
      )
    }
    return connectToSelf(own, options, (socket) => this.traffic.leaveOut(socket as TrackedSocket))
  }

  addGate(gate: Gate): () => void {
    const gates = this.#gates ?? new Gates(this.#init.logger)
    const remove = gates.add(gate)
    this.#gates = gates
    return () => {
      remove()
      if (gates.isEmpty && this.#gates === gates) this.#gates = undefined
    }
  }

  addProbe(find: FindProbe): () => void {
    const probes = this.#ownProbes ?? new OwnProbes(this.#init.logger)
    const remove = probes.add(find)
    this.#ownProbes = probes
    return () => {
      remove()
      if (probes.isEmpty && this.#ownProbes === probes) this.#ownProbes = undefined
    }
  }

  /** @throws {LifecycleError} `TIDEGATE_CONFIG`, for a server that another lifecycle has. */
  attach(server: WebServer): void {
    if (this.servers.has(server)) return
    if (isWatched(server)) {
      const advice = 'shut that one down first, or make a server for each'
      throw new LifecycleError('TIDEGATE_CONFIG', `this server is the one of another lifecycle: ${advice}`)
    }
    const { logger, closedPort } = this.#init
    if (server.listening) warnOfStrangers(server, logger)
    this.#watch(server, () => {})
    if (closedPort === undefined || !closedPort.isClosed()) return
    if (server.listening) this.#sayIsOpen()
    else this.#listenAgain.set(server, putOffListen(server, closedPort))
  }

  #watch(server: WebServer, onClosed: () => void): void {
    const { logger, onListening } = this.#init
    if ('keepAliveTimeout' in server) outlastBalancers(server, logger)
    const watched = watchServer(server, this.traffic, {
      listening: () => {
        this.drain?.late(watched)
        onListening()
      },
      closed: () => {
        this.drain?.serverClosed()
        onClosed()
      },
      session: (connection, session) => {
        this.traffic.speaksHttp2(connection, session)
        this.drain?.sessionBegun(session)
      },
      intercept: (request, response, event) => this.#intercept(request, response, event, watched),
      interceptUpgrade: (request, socket) => this.#interceptUpgrade(request, socket),
      interceptStream: (stream, headers, flags, rawHeaders) =>
        this.#interceptStream(stream, headers, flags, rawHeaders, watched),
    })
    this.servers.set(server, watched)
    this.drain?.late(watched)
  }

  /** Closes a port that opened when the drain was already past closing them. */
  async close(server: WebServer): Promise<void> {
    const watched = this.servers.get(server)
    watched?.stopListening()
    watched?.release()
    // When everything is over, nobody watches it any more.
    if (server.listening) server.close()
    await nextTick()
  }

  /** Everything is over: puts the servers back as they were, so that others may have them. */
  async letGo(): Promise<void> {
    for (const watched of this.servers.values()) watched.release()
    await nextTick()
    this.#isOver = true
    for (const server of this.servers.keys()) this.unwatch(server)
  }

  unwatch(server: WebServer): void {
    this.servers.get(server)?.unwatch()
    this.servers.delete(server)
    this.#listenAgain.get(server)?.()
    this.#listenAgain.delete(server)
  }

  /** The service is ready: from now on requests pass, those that have waited first. */
  openGate(): void {
    const { room } = this
    this.refusal = undefined
    this.room = undefined
    room?.open()
  }

  /** The gate will not open any more: those that wait are refused at once. */
  dismiss(answer: HttpAnswer): void {
    const { room } = this
    this.room = undefined
    room?.close(answer)
  }

  /** For an adapter: whether the request has been answered here; a promise of that while it waits. */
  handle(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean> {
    if (isSelfRequest(request)) return false
    const socket: TrackedSocket | undefined = request.socket
    // What came through a watched server has been judged there, by a URL from which a path may have been taken since.
    const wasJudged = socket?.[CONNECTION]?.responses.includes(response) === true
    if (wasJudged && this.#init.probes.match(request.url ?? '/') === undefined) return false
    if (!wasJudged) {
      if (!this.#init.isRunning()) this.#warnOnce()
      else if (!this.#isOver) this.#takeIn(request, response)
      if (this.#takesOwn(request, response)) return true
    }
    const answer = this.#judge(request, response)
    if (answer === undefined) return false
    const waits = this.#mayWait(answer) ? this.#waitHere(request, response) : undefined
    if (waits !== undefined) return waits
    writeAnswer(response, answer, request.method ?? 'GET')
    return true
  }

  /**
   * The same for a request that is none of Node's.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`
   */
  probe(request: ProbeRequest): HttpAnswer | undefined {
    const { method, url, headers, address } = readProbeRequest(request)
    const { probes } = this.#init
    const target = probes.match(url)
    if (target === undefined) return this.refusal ?? this.#gates?.judge({ method, url, headers: {} })
    return probes.answer(new RequestProber(target, method, url, headers, { remoteAddress: address }))
  }

  #intercept(request: IncomingMessage, response: ServerResponse, event: RequestEvent, watched: WatchedServer): boolean {
    // The compatibility layer's form of a stream, which has been judged.
    if (request.httpVersionMajor === 2) return this.#takesOwn(request, response)
    if (isSelf(request.socket)) return false
    const { traffic, drain } = this
    const connection = traffic.of(request.socket)
    if (connection !== undefined) {
      const { responses } = connection
      // A checkContinue listener hands the same response on as a 'request'.
      if (responses.length > 0 && responses.includes(response)) return false
      if (drain !== undefined && !drain.admits(connection)) {
        request.resume()
        return true
      }
      this.#begin(connection, response)
    }
    if (this.#takesOwn(request, response)) return true
    const answer = this.#judge(request, response)
    if (answer === undefined) return false
    if (this.#mayWait(answer) && this.#letWait(request, response, event, watched)) return true
    writeAnswer(response, answer, request.method ?? 'GET')
    return true
  }

  #interceptUpgrade(request: IncomingMessage, socket: Duplex): boolean {
    const { method = 'GET', url = '/' } = request
    const answer = this.refusal ?? this.#gates?.judge({ method, url, headers: request.headers })
    if (answer === undefined) {
      // One that a test has made up, as injectWS of @fastify/websocket does, has come by no connection.
      if (request.socket === socket) this.traffic.upgrade(request)
      return false
    }
    if (this.drain !== undefined) this.drain.count.rejected++
    const { status, headers, body } = answer
    writeRawAnswer(socket, { status, body, headers: { ...headers, ...(this.#tellsEnvoy && IMMEDIATE_FAIL) } })
    return true
  }

  #interceptStream(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    flags: unknown,
    rawHeaders: unknown,
    watched: WatchedServer,
  ): boolean {
    if (this.traffic.isOwn(stream)) {
      // A stream that has ended knows its session no more.
      markSelf(stream)
      return false
    }
    const connection = this.traffic.beginStream(stream, headers)
    if (this.wayOut !== undefined) {
      if (connection !== undefined) this.wayOut.drain.streamBegun(connection)
      if (this.#tellsEnvoy) failImmediately(stream)
    }
    const method = headers[':method'] ?? 'GET'
    const url = headers[':path'] ?? '/'
    const target = this.#init.probes.match(url)
    if (this.#ownProbes?.find(url) !== undefined) {
      this.drain?.leaveOut(stream)
      // It comes once more, as a request of the compatibility layer.
      return false
    }
    const answer =
      target === undefined
        ? this.#refuse(method, url, stream)
        : this.#askProbe(new RequestProber(target, method, url, headers, stream.session?.socket), stream)
    if (answer === undefined) return false
    if (this.#mayWait(answer) && this.#letStreamWait(stream, headers, flags, rawHeaders, watched)) return true
    writeStreamAnswer(stream, answer, method)
    return true
  }

  /** Whether a probe of somebody else's answers it. */
  #takesOwn(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#ownProbes === undefined || isSelfRequest(request) || !this.#ownProbes.take(request, response))
      return false
    this.drain?.leaveOut(response)
    return true
  }

  /** What a probe or a refused request is answered with; `undefined` when it is the application's. */
  #judge(request: IncomingMessage, response: ServerResponse): HttpAnswer | undefined {
    const { method = 'GET', url = '/' } = request
    const target = this.#init.probes.match(url)
    return target === undefined
      ? this.#refuse(method, url, response)
      : this.#askProbe(new RequestProber(target, method, url, request.headers, request.socket), response)
  }

  /** Whether what is about to be refused waits for the gate to open instead, if there is room. */
  #mayWait(answer: HttpAnswer): boolean {
    return answer === this.refusal && this.room !== undefined
  }

  // Methods of their own: what a closure captures is allocated whenever the function around it is called.

  #waitHere(request: IncomingMessage, response: ServerResponse): Promise<boolean> | undefined {
    const { promise, resolve } = createDeferred<boolean>()
    const waits = this.room !== undefined && letRequestWait(this.room, this.#keeper, request, response, resolve)
    return waits ? promise : undefined
  }

  #letWait(request: IncomingMessage, response: ServerResponse, event: RequestEvent, watched: WatchedServer): boolean {
    const passOn = (answered: boolean): void => {
      if (!answered) watched.handOn(event, request, response)
    }
    return this.room !== undefined && letRequestWait(this.room, this.#keeper, request, response, passOn)
  }

  #letStreamWait(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    flags: unknown,
    rawHeaders: unknown,
    watched: WatchedServer,
  ): boolean {
    const passOn = (): void => watched.handOn('stream', stream, headers, flags, rawHeaders)
    return this.room !== undefined && letStreamWait(this.room, this.#keeper, stream, headers, passOn)
  }

  #countRefused(exchange: Exchange): void {
    if (this.drain === undefined) return
    this.drain.leaveOut(exchange)
    this.drain.count.rejected++
  }

  #askProbe(prober: RequestProber, exchange: Exchange): HttpAnswer {
    const answer = this.#init.probes.answer(prober)
    this.drain?.leaveOut(exchange)
    return answer
  }

  /** What the application's request gets instead of the application; `undefined` hands it on. */
  #refuse(method: string, url: string, response: Exchange): HttpAnswer | undefined {
    if (this.refusal === undefined && this.#gates === undefined) return undefined
    const answer = this.refusal ?? this.#gates?.judge({ method, url, headers: headersOf(response), response })
    if (answer !== undefined) this.#countRefused(response)
    return answer
  }

  /** A server that nobody attached: it is watched from its first request on, until it closes. */
  #takeIn(request: IncomingMessage, response: ServerResponse): void {
    const server = (request.socket as { server?: WebServer } | undefined)?.server
    if (server === undefined || isWatched(server)) return
    this.#watch(server, () => {
      // Closed by the drain, it has not told anybody else yet.
      if (this.wayOut === undefined) this.unwatch(server)
    })
    const connection = this.traffic.of(request.socket)
    if (connection !== undefined) this.#begin(connection, response)
  }

  #begin(connection: Connection, response: ServerResponse): void {
    this.traffic.begin(connection, response)
    if (this.wayOut === undefined) return
    this.wayOut.drain.begun(connection, response)
    if (this.#tellsEnvoy) failImmediately(response)
  }

  #sayIsOpen(): void {
    if (this.#saidIsOpen) return
    this.#saidIsOpen = true
    const advice = 'attach it before server.listen(), or choose another warmUp.whileWarming'
    this.#init.logger.warn(
      {},
      `the server listens already, its port cannot be kept closed: requests get 503; ${advice}`,
    )
  }

  #warnOnce(): void {
    if (this.#warned) return
    this.#warned = true
    this.#init.logger.warn(
      {},
      'a request has come before the lifecycle was started: nothing warms up, and nothing will be drained; call lifecycle.listen(app, port), or lifecycle.attach(server) before server.listen()',
    )
  }
}

/** Behind what Node and a server's release have put off until then. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

/** Node parses a request's headers only when they are asked for. */
function headersOf(exchange: Exchange): IncomingHttpHeaders {
  return (exchange instanceof ServerResponse ? exchange.req : openStreamOf(exchange))?.headers ?? {}
}
