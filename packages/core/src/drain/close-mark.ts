import type { IncomingMessage } from 'node:http'

import type { Connection } from './connection.ts'

/**
 * Tells the client, with the newest answer of its connection, that the connection ends. Only the newest: Node drops
 * whatever is pipelined behind an answer with `Connection: close`.
 *
 * An answer is marked once its request has been read to the end: closing with unread data resets the connection, and
 * the answer may be lost with it.
 */
export function markNewest(connection: Connection): void {
  const newest = connection.responses.at(-1)
  if (newest === undefined || newest === connection.marked || newest.headersSent) return
  unmark(connection)
  // Its client has asked for the end itself.
  if (!newest.shouldKeepAlive) return
  connection.marked = newest
  const request = newest.req
  if (request.complete || !hasBody(request)) {
    newest.shouldKeepAlive = false
  } else {
    // Ahead of the handler's own listener, which is likely to answer.
    request.prependOnceListener('end', () => {
      if (connection.marked === newest && !newest.headersSent) newest.shouldKeepAlive = false
    })
  }
}

function unmark(connection: Connection): void {
  const { marked } = connection
  if (marked !== undefined && !marked.headersSent) marked.shouldKeepAlive = true
  connection.marked = undefined
}

/** Whether the connection was told to end: by the last answer's header, or by the end of its writable side. */
export function isToldToEnd(connection: Connection): boolean {
  const newest = connection.responses.at(-1)
  return connection.socket.writableEnded || (newest !== undefined && newest.headersSent && !newest.shouldKeepAlive)
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length']
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
