import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { Socket } from 'node:net'

import { isSelf } from '../self/self-mark.ts'
import { beginResponse, beginStream, closeConnection, CONNECTION, createConnection } from './connection.ts'
import type { Connection, ConnectionOwner, TrackedSession, TrackedSocket } from './connection.ts'
import { describeRoute } from './describe-route.ts'

/** What the drain does with connections while it runs; absent before, so that a request costs nothing for it. */
export interface TrafficObserver {
  /** A connection on which requests may come has become known. */
  opened(connection: Connection): void
  /** A response has gone out to its last byte, and its connection may now be idle. */
  answered(connection: Connection, response: ServerResponse): void
  /** An HTTP/2 stream has closed. */
  streamClosed(connection: Connection, stream: ServerHttp2Stream): void
  /** A connection is gone. */
  closed(connection: Connection): void
}

/** Who is connected to the lifecycle's servers, and what is in flight. It only counts. */
export class Traffic implements ConnectionOwner {
  readonly connections: Set<Connection> = new Set()
  /** Requests handed on and not yet answered to the last byte. */
  inFlight = 0
  /** Connections ever accepted. */
  accepted = 0
  observer: TrafficObserver | undefined
  /** Connections in their TLS handshake, by what tells them apart. */
  readonly #handshaking = new Map<string, Connection>()

  open(socket: Socket): Connection {
    const connection = this.#add(socket)
    this.observer?.opened(connection)
    return connection
  }

  /** A socket whose TLS handshake is still to come; another socket, around it, comes out of that. */
  openHandshaking(socket: Socket): void {
    // Two on one Unix socket cannot be told apart; they are left to Node's handshakeTimeout.
    if (socket.remotePort === undefined) return
    const connection = this.#add(socket)
    connection.handshake = endpoints(socket)
    this.#handshaking.set(connection.handshake, connection)
  }

  /** The handshake is over: the socket inside is left to the one around it. */
  openSecure(socket: Socket): Connection {
    const connection = this.open(socket)
    const inner = this.#handshaking.get(endpoints(socket))
    if (inner !== undefined) {
      connection.early = inner.early
      inner.secure = connection
      this.#forget(inner)
    }
    return connection
  }

  /** It turns out to be the service's own: nobody out there waits for an answer on it. */
  leaveOut(socket: TrackedSocket): void {
    const connection = socket[CONNECTION]
    if (connection !== undefined) this.#forget(connection)
  }

  /** Whether the service asks itself this. */
  isOwn(stream: ServerHttp2Stream): boolean {
    return isSelf((stream.session as TrackedSession | undefined)?.[CONNECTION]?.socket)
  }

  /** The connection turns out to speak HTTP/2. */
  speaksHttp2(connection: Connection, session: TrackedSession): void {
    connection.session = session
    session[CONNECTION] = connection
  }

  /**
   * The connection of a socket, known from now on if it was opened before the server was attached. `undefined` for what a
   * test has made up: it never closes.
   */
  of(socket: TrackedSocket | undefined): Connection | undefined {
    const connection = socket?.[CONNECTION]
    if (connection !== undefined) return connection
    return socket instanceof Socket && !socket.pending ? this.open(socket) : undefined
  }

  /** A connection from before the server was watched has had its answer: it may be idle now. */
  takeIn(socket: Socket): void {
    const connection = this.of(socket)
    // What it has asked before is no half header.
    if (connection !== undefined) connection.bytesRead = socket.bytesRead
  }

  /** Forgets connections that have closed unheard, because somebody has removed their sockets' listeners. */
  forgetClosed(): void {
    for (const connection of this.connections) if (connection.socket.closed) closeConnection(connection)
  }

  /** The connection speaks something else from now on. */
  upgrade(request: IncomingMessage): void {
    const connection = this.of(request.socket)
    if (connection === undefined) return
    connection.upgraded = describeRoute(request.method, request.url)
    connection.begunAt = Date.now()
  }

  begin(connection: Connection, response: ServerResponse): void {
    this.inFlight++
    beginResponse(connection, response)
  }

  beginStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Connection | undefined {
    const session = stream.session as TrackedSession | undefined
    if (session === undefined) return undefined
    // A session from before the server was attached is known from now on.
    if (session[CONNECTION] === undefined) this.speaksHttp2(this.open(session.socket), session)
    const connection = session[CONNECTION]
    if (connection === undefined) return undefined
    this.inFlight++
    beginStream(connection, stream, headers)
    return connection
  }

  streamClosed(connection: Connection, stream: ServerHttp2Stream): void {
    this.inFlight--
    this.observer?.streamClosed(connection, stream)
  }

  answered(connection: Connection, response: ServerResponse): void {
    this.inFlight--
    this.observer?.answered(connection, response)
  }

  closed(connection: Connection, unanswered: number): void {
    this.inFlight -= unanswered
    this.#forget(connection)
    this.observer?.closed(connection)
  }

  #add(socket: Socket): Connection {
    const connection = createConnection(this, socket)
    if (isSelf(socket)) return connection
    this.connections.add(connection)
    this.accepted++
    return connection
  }

  #forget(connection: Connection): void {
    this.connections.delete(connection)
    if (connection.handshake === undefined) return
    this.#handshaking.delete(connection.handshake)
    connection.handshake = undefined
  }
}

/** The same for a TCP socket and for the TLS socket around it, which have nothing else in common that is public. */
function endpoints({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
