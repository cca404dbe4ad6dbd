import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { Traffic } from './traffic.ts'

/** Where a socket keeps its {@link Connection}: a property is several times cheaper per request than a WeakMap. */
export const CONNECTION: unique symbol = Symbol('tidegate.connection')

export interface TrackedSocket extends Socket {
  [CONNECTION]?: Connection
}

/** What the drain has to know of one socket. */
export interface Connection {
  readonly traffic: Traffic
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

export function createConnection(traffic: Traffic, socket: TrackedSocket): Connection {
  return {
    traffic,
    socket,
    responses: [],
    bytesRead: 0,
    upgraded: false,
    early: false,
    marked: undefined,
    uploading: false,
  }
}

/** Whether nothing is asked on it, nothing is being answered and nothing keeps it. */
export function isIdle(connection: Connection): boolean {
  return connection.responses.length === 0 && !connection.upgraded && !connection.uploading
}
