import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'

import { isWatched, watchServer } from '../drain/watch-server.ts'
import type { WatchedServer, WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Arrivals } from './arrivals.ts'
import { outlastBalancers } from './outlast-balancers.ts'
import { putOffListen } from './put-off-listen.ts'
import type { ClosedPort } from './put-off-listen.ts'
import type { Reception } from './reception.ts'
import { warnOfStrangers } from './warn-of-strangers.ts'

export interface WatchedServersInit {
  readonly arrivals: Arrivals
  readonly reception: Reception
  readonly logger: Logger
  /** A port has opened. */
  onListening(): void
  /** What keeps the ports of attached servers closed for now; `undefined` for nothing. */
  readonly closedPort: ClosedPort | undefined
}

/** The servers the lifecycle has, from when they are attached, or bring their first request, until they are let go. */
export class WatchedServers {
  readonly #init: WatchedServersInit
  readonly #servers = new Map<WebServer, WatchedServer>()
  readonly #listenAgain = new Map<WebServer, () => void>()
  #saidIsOpen = false
  #isOver = false

  constructor(init: WatchedServersInit) {
    this.#init = init
  }

  get all(): ReadonlyMap<WebServer, WatchedServer> {
    return this.#servers
  }

  /** @throws {LifecycleError} `TIDEGATE_CONFIG`, for a server that another lifecycle has. */
  attach(server: WebServer): void {
    if (this.#servers.has(server)) return
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

  /** A server that nobody attached: it is watched from its first request on, until it closes. */
  takeIn(request: IncomingMessage, response: ServerResponse): void {
    if (this.#isOver) return
    const { arrivals } = this.#init
    const server = (request.socket as { server?: WebServer } | undefined)?.server
    if (server === undefined || isWatched(server)) return
    this.#watch(server, () => {
      // Closed by the drain, it has not told anybody else yet.
      if (arrivals.wayOut === undefined) this.unwatch(server)
    })
    if (isHttp2(request)) {
      arrivals.beginStream(request.stream, request.headers)
      return
    }
    const connection = arrivals.traffic.of(request.socket)
    if (connection !== undefined) arrivals.begin(connection, response)
  }

  /** Closes a port that opened when the drain was already past closing them. */
  async close(server: WebServer): Promise<void> {
    const watched = this.#servers.get(server)
    watched?.stopListening()
    watched?.release()
    // When everything is over, nobody watches it any more.
    if (server.listening) server.close()
    await nextTick()
  }

  /** Everything is over: puts the servers back as they were, so that others may have them. */
  async letGo(): Promise<void> {
    for (const watched of this.#servers.values()) watched.release()
    await nextTick()
    this.#isOver = true
    for (const server of this.#servers.keys()) this.unwatch(server)
  }

  unwatch(server: WebServer): void {
    this.#servers.get(server)?.unwatch()
    this.#servers.delete(server)
    this.#listenAgain.get(server)?.()
    this.#listenAgain.delete(server)
  }

  #watch(server: WebServer, onClosed: () => void): void {
    const { arrivals, reception, logger, onListening } = this.#init
    const { traffic } = arrivals
    if ('keepAliveTimeout' in server) outlastBalancers(server, logger)
    const watched = watchServer(server, traffic, {
      listening: () => {
        arrivals.drain?.late(watched)
        onListening()
      },
      closed: () => {
        arrivals.drain?.serverClosed()
        onClosed()
      },
      session: (connection, session) => {
        traffic.speaksHttp2(connection, session)
        arrivals.drain?.sessionBegun(session)
      },
      intercept: (request, response, event) => reception.intercept(request, response, event, watched),
      interceptUpgrade: (request, socket) => reception.interceptUpgrade(request, socket),
      interceptStream: (stream, headers, flags, rawHeaders) =>
        reception.interceptStream(stream, headers, flags, rawHeaders, watched),
    })
    this.#servers.set(server, watched)
    arrivals.drain?.late(watched)
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
}

/** Behind what Node and a server's release have put off until then. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

/** What the compatibility layer makes of a stream. */
function isHttp2(request: IncomingMessage | Http2ServerRequest): request is Http2ServerRequest {
  return request.httpVersionMajor === 2
}
