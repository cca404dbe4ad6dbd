import type { ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

/** Where a socket keeps its {@link Connection}: a property is several times cheaper per request than a WeakMap. */
export const CONNECTION: unique symbol = Symbol('tidegate.connection')

interface Tracked {
  [CONNECTION]?: Connection
}

export type TrackedSocket = Socket & Tracked
export type TrackedSession = ServerHttp2Session & Tracked
type TrackedStream = ServerHttp2Stream & Tracked

/** What answers one request. */
export type Exchange = ServerResponse | ServerHttp2Stream

/** An HTTP/2 stream that has not closed yet. */
export interface OpenStream {
  readonly headers: IncomingHttpHeaders
  /** By `Date.now()`. */
  readonly begunAt: number
  /** When the drain has found its answer out, by `performance.now()`. */
  answeredAt?: number
}

/** Who counts. */
export interface ConnectionOwner {
  /** A response has gone out to its last byte; it is no longer among the connection's. */
  answered(connection: Connection, response: ServerResponse): void
  /** An HTTP/2 stream has closed, and is about to leave the connection's. */
  streamClosed(connection: Connection, stream: ServerHttp2Stream): void
  /** The socket has closed, with this many responses that never did. */
  closed(connection: Connection, unanswered: number): void
}

/** What the drain has to know of one socket. */
export interface Connection {
  readonly owner: ConnectionOwner
  readonly socket: TrackedSocket
  /** Responses that have not closed yet, oldest first. */
  readonly responses: ServerResponse[]
  /** `socket.bytesRead` when it last became idle: more since then, and no request, is half a header. */
  bytesRead: number
  /** The key of its TLS handshake, until that is over: nothing can be asked on it yet. */
  handshake: string | undefined
  /** The one around it since its TLS handshake is over; whatever is asked and answered is there. */
  secure: Connection | undefined
  /** It speaks HTTP/2, which ends connections in a way of its own. */
  session: ServerHttp2Session | undefined
  /** HTTP/2 streams that have not closed yet; `undefined` before the first. */
  streams: Map<ServerHttp2Stream, OpenStream> | undefined
  /** When its newest request was begun, or it was upgraded, by `Date.now()`: `performance.now()` costs seven times as much. */
  begunAt: number
  /** Not HTTP any more (WebSocket, CONNECT): the request that it was upgraded by, as `GET /path`. */
  upgraded: string | undefined
  /** It was open when the signal came, so its client is told to go with the next answer. */
  early: boolean
  /** At which of `socket.bytesRead` its newest request ends, as far as the drain can tell. */
  parsedTo: number | undefined
  /** Its last answer went out before its request was read to the end. */
  answeredEarly: boolean
  /** Its answer is out and its upload is not all here: closing now would reset the answer away. */
  uploading: boolean
  /** That answer has said `Connection: close`. */
  ending: boolean
}

/** Keeps account of a socket from now until it closes. */
export function createConnection(owner: ConnectionOwner, socket: TrackedSocket): Connection {
  const connection: Connection = {
    owner,
    // Its own methods give the socket itself where a session has shown a stand-in, which throws once the session is gone.
    socket: socket.on('close', onSocketClose),
    responses: [],
    bytesRead: 0,
    handshake: undefined,
    secure: undefined,
    session: undefined,
    streams: undefined,
    begunAt: 0,
    upgraded: undefined,
    early: false,
    parsedTo: undefined,
    answeredEarly: false,
    uploading: false,
    ending: false,
  }
  socket[CONNECTION] = connection
  return connection
}

/** A response has been begun on it. */
export function beginResponse(connection: Connection, response: ServerResponse): void {
  connection.begunAt = Date.now()
  connection.responses.push(response)
}

/** A response has gone out to its last byte. What its client has left ends with the socket instead. */
export function endResponse(connection: Connection, response: ServerResponse): void {
  const { responses, socket } = connection
  // The answers of a pipeline go out in the order of their requests; what Node has answered by itself is none of these.
  if (responses[0] !== response) {
    if (responses.length === 0) connection.bytesRead = socket.bytesRead
    return
  }
  // Of all but a pipeline it is the only one, and taken out at a tenth of the cost.
  if (responses.length === 1) responses.pop()
  else responses.shift()
  if (responses.length === 0) connection.bytesRead = socket.bytesRead
  connection.answeredEarly = !response.req.complete
  connection.owner.answered(connection, response)
}

/** Whether it is HTTP/1.1 with nothing asked on it, nothing being answered and nothing that keeps it. */
export function isIdle({ responses, upgraded, uploading, session, secure }: Connection): boolean {
  if (secure !== undefined) return false
  return responses.length === 0 && upgraded === undefined && !uploading && session === undefined
}

/** What is known of a stream while it is open. */
export function openStreamOf(stream: ServerHttp2Stream): OpenStream | undefined {
  return (stream as TrackedStream)[CONNECTION]?.streams?.get(stream)
}

/** What it is answering, oldest first. */
export function exchangesOf({ responses, streams }: Connection): readonly Exchange[] {
  return streams === undefined ? responses : [...responses, ...streams.keys()]
}

export function beginStream(connection: Connection, stream: TrackedStream, headers: IncomingHttpHeaders): void {
  connection.streams ??= new Map()
  connection.streams.set(stream, { headers, begunAt: Date.now() })
  stream[CONNECTION] = connection
  stream.on('close', onStreamClose)
}

function onStreamClose(this: TrackedStream): void {
  const connection = this[CONNECTION]
  if (connection?.streams?.has(this) !== true) return
  connection.owner.streamClosed(connection, this)
  connection.streams.delete(this)
}

function onSocketClose(this: TrackedSocket): void {
  const connection = this[CONNECTION]
  if (connection !== undefined) closeConnection(connection)
}

/** Its socket has closed. */
export function closeConnection(connection: Connection): void {
  // Node 20 and 22 never close the queued responses of a pipeline whose client has left.
  const unanswered = connection.responses.length + (connection.streams?.size ?? 0)
  connection.responses.length = 0
  connection.streams?.clear()
  connection.owner.closed(connection, unanswered)
}
