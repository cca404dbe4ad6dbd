import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Where a socket keeps its {@link Connection}: a property is several times cheaper per request than a WeakMap. */
export const CONNECTION: unique symbol = Symbol('tidegate.connection')

export interface TrackedSocket extends Socket {
  [CONNECTION]?: Connection
}

/** Who counts. */
export interface ConnectionOwner {
  /** A response has closed; it is no longer among the connection's. */
  answered(connection: Connection, response: ServerResponse): void
  /** The socket has closed, with this many responses that never did. */
  closed(connection: Connection, unanswered: number): void
}

/** What the drain has to know of one socket. */
export interface Connection {
  readonly owner: ConnectionOwner
  readonly socket: TrackedSocket
  /** Responses that have not closed yet, oldest first. */
  readonly responses: ServerResponse[]
  /** `socket.bytesRead` when its last response closed: more since then, and no request, is half a header. */
  bytesRead: number
  /** Not HTTP any more (WebSocket, CONNECT). */
  upgraded: boolean
  /** It was open when the signal came, so its client is told to go with the next answer. */
  early: boolean
  /** The response that carries our close mark. */
  marked: ServerResponse | undefined
  /** Its answer is out and its upload is not all here: closing now would reset the answer away. */
  uploading: boolean
}

/** Keeps account of a socket from now until it closes. */
export function createConnection(owner: ConnectionOwner, socket: TrackedSocket): Connection {
  const connection: Connection = {
    owner,
    socket,
    responses: [],
    bytesRead: 0,
    upgraded: false,
    early: false,
    marked: undefined,
    uploading: false,
  }
  socket[CONNECTION] = connection
  socket.on('close', onSocketClose)
  return connection
}

/** A response has been begun on it. One listener function for all: a closure each would cost more than the rest. */
export function beginResponse(connection: Connection, response: ServerResponse): void {
  connection.responses.push(response)
  response.on('close', onResponseClose)
}

/** Whether nothing is asked on it, nothing is being answered and nothing keeps it. */
export function isIdle(connection: Connection): boolean {
  return connection.responses.length === 0 && !connection.upgraded && !connection.uploading
}

function onResponseClose(this: ServerResponse): void {
  const connection = (this.req.socket as TrackedSocket)[CONNECTION]
  if (connection === undefined) return
  const { responses, socket } = connection
  // Pipelined responses may close out of order when the client leaves; and what the socket's close has settled is gone.
  const index = responses[0] === this ? 0 : responses.indexOf(this)
  if (index < 0) return
  if (index === 0) responses.shift()
  else responses.splice(index, 1)
  connection.bytesRead = socket.bytesRead
  connection.owner.answered(connection, this)
}

function onSocketClose(this: TrackedSocket): void {
  const connection = this[CONNECTION]
  if (connection === undefined) return
  // Node 20 and 22 never close the queued responses of a pipeline whose client has left.
  const unanswered = connection.responses.length
  connection.responses.length = 0
  connection.owner.closed(connection, unanswered)
}
