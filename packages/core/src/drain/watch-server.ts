import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type {
  Http2SecureServer,
  Http2Server,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import { Server as NetServer } from 'node:net'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Connection } from './connection.ts'
import type { Traffic } from './traffic.ts'
import { watchAnswers } from './watch-answers.ts'

/** Every server of Node's that answers requests. */
export type WebServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer

/** What a server emits for a request of HTTP/1.1. */
export type RequestEvent = 'request' | 'checkContinue' | 'checkExpectation'

export interface ServerWatcher {
  /** The port has opened. */
  listening(): void
  /** A connection turns out to speak HTTP/2. */
  session(connection: Connection, session: ServerHttp2Session): void
  /** The port is closed, and every connection gone. */
  closed(): void
  /** A request has been parsed. True when it has been answered, or must not reach the application, at least not yet. */
  intercept(request: IncomingMessage, response: ServerResponse, event: RequestEvent): boolean
  /** The same for a request to speak another protocol (`Upgrade`, CONNECT). */
  interceptUpgrade(request: IncomingMessage, socket: Duplex): boolean
  /** The same for an HTTP/2 stream. */
  interceptStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: unknown, rawHeaders: unknown): boolean
}

export interface WatchedServer {
  readonly server: WebServer
  /** Whether connections may be open that nobody knows here: it was listening when it was first watched. */
  readonly mayHaveStrangers: boolean
  /** Ends the strangers that ask for nothing; all of them when `force` is true. */
  endStrangers(force: boolean): void
  /** Emits to the application what was intercepted. */
  handOn(event: RequestEvent | 'stream', first: unknown, second: unknown, third?: unknown, fourth?: unknown): void
  /** Stops listening; what is connected stays connected. */
  stopListening(): void
  /** Lets Node clean up, and the server tell that it has closed, after the last connection of all servers has gone. */
  release(): void
  /** Puts the server back as it was. One that was released is to be put back a tick later. */
  unwatch(): void
}

/** Whose presence on a server says that a lifecycle has it, of whatever copy of this package. */
const WATCHED: unique symbol = Symbol.for('tidegate.watched')

type Watchable = WebServer & { [WATCHED]?: true }

export function isWatched(server: WebServer): boolean {
  return (server as Watchable)[WATCHED] === true
}

/**
 * Sees everything a server emits before its listeners do, by wrapping `emit`: adding listeners for `checkContinue`,
 * `checkExpectation` or `upgrade` would change what Node does with such requests.
 */
export function watchServer(server: WebServer, traffic: Traffic, watcher: ServerWatcher): WatchedServer {
  const inherited = !Object.hasOwn(server, 'emit')
  const emit = server.emit as (
    event: string,
    first?: unknown,
    second?: unknown,
    third?: unknown,
    fourth?: unknown,
  ) => boolean
  const isSecure = 'setSecureContext' in server
  /** Of which connection the 'session' is that is emitted while the connection itself is. */
  let opening: Connection | undefined
  let mayHaveStrangers = server.listening
  /** Stopped by us, and not released yet. */
  let isStopped = false
  let isReleasing = false
  /** Somebody may have wrapped what stands here, and go on calling it. */
  let isOver = false

  // Fixed parameters: rest parameters cost three times as much on every request. 'stream' has four.
  function watchedEmit(
    this: WebServer,
    event: string,
    first?: unknown,
    second?: unknown,
    third?: unknown,
    fourth?: unknown,
  ): boolean {
    if (isOver) return emit.call(this, event, first, second, third, fourth)
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        if (watcher.intercept(first as IncomingMessage, second as ServerResponse, event)) return true
        return emit.call(this, event, first, second)
      case 'stream':
        if (watcher.interceptStream(first as ServerHttp2Stream, second as IncomingHttpHeaders, third, fourth)) {
          return true
        }
        break
      case 'connection':
        if (isSecure) traffic.openHandshaking(first as Socket)
        else opening = traffic.open(first as Socket)
        break
      case 'secureConnection':
        opening = traffic.openSecure(first as Socket)
        break
      case 'session':
        if (opening !== undefined) watcher.session(opening, first as ServerHttp2Session)
        break
      case 'upgrade':
      case 'connect':
        if (watcher.interceptUpgrade(first as IncomingMessage, second as Duplex)) return true
        break
      case 'listening': {
        // The server's own listeners look at its address, which it has no more when the drain has closed it again.
        const heard = emit.call(this, event)
        watcher.listening()
        return heard
      }
      case 'close':
        // Held back while anything is still being answered: whoever hears it may close what that needs, as Fastify does
        // with its other servers.
        mayHaveStrangers = false
        watcher.closed()
        if (isStopped) return false
        break
    }
    const heard = emit.call(this, event, first, second, third, fourth)
    opening = undefined
    return heard
  }

  server.emit = watchedEmit as WebServer['emit']
  ;(server as Watchable)[WATCHED] = true
  const unwatchAnswers = watchAnswers(server, (socket) => traffic.takeIn(socket))

  return {
    server,
    get mayHaveStrangers() {
      return mayHaveStrangers
    },
    endStrangers(force) {
      if (!mayHaveStrangers) return
      // HTTP/2 in the clear has neither.
      if (force && 'closeAllConnections' in server) server.closeAllConnections()
      else if ('closeIdleConnections' in server) server.closeIdleConnections()
    },
    handOn(event, first, second, third, fourth) {
      emit.call(server, event, first, second, third, fourth)
    },
    stopListening() {
      if (!server.listening) return
      isStopped = true
      // http's own close() also destroys every socket whose answer is still being flushed to a slow reader.
      NetServer.prototype.close.call(server)
    },
    release() {
      unwatchAnswers()
      if (!isStopped || isReleasing) return
      isReleasing = true
      // Behind the 'close' that Node itself has put off to the next tick.
      process.nextTick(() => {
        isStopped = false
        isReleasing = false
        // Clears http's connection timer, without which the server is never collected; nothing is left to be cut.
        server.close(() => {})
      })
    },
    unwatch() {
      unwatchAnswers()
      isOver = true
      delete (server as Watchable)[WATCHED]
      if (server.emit !== watchedEmit) return
      if (inherited) delete (server as { emit?: unknown }).emit
      else server.emit = emit as WebServer['emit']
    },
  }
}
