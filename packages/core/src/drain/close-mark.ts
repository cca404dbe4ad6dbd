import type { ServerResponse } from 'node:http'

import type { Connection } from './connection.ts'
import { hasBody } from './request-length.ts'

/** A line break behind a request is to be ignored (RFC 9112, section 2.2). */
export const STRAY_CRLF = 2

/**
 * Lets a response say `Connection: close` when its headers are written, if `wanted` then. Only then is it known whether
 * it is its connection's newest, and whether its request has been read to the end. Its own property, so that requests
 * cost nothing for it before the drain.
 */
export function markWhenWritten(connection: Connection, response: ServerResponse, wanted: () => boolean): void {
  if (response.headersSent) return
  const { writeHead } = response
  response.writeHead = function writeMarkedHead(this: ServerResponse, ...parameters: unknown[]): ServerResponse {
    const write = writeHead as (...parameters: unknown[]) => ServerResponse
    if (this.headersSent || !wanted() || !mayEnd(connection, this)) return write.apply(this, parameters)
    // What the application says of the connection itself would win over the mark.
    this.shouldKeepAlive = false
    const marked = parameters.map(withMark)
    // Before a list, it would make Node drop all but the last of what the list names twice.
    if (!marked.some(Array.isArray)) this.setHeader('connection', 'close')
    return write.apply(this, marked)
  }
}

/**
 * Whether the connection may end after this answer. Not when another request is behind it: Node drops whatever is
 * pipelined behind an answer with `Connection: close`. Nor while its own request is still coming: closing with unread
 * data resets the connection, and the answer may be lost with it.
 */
function mayEnd(connection: Connection, response: ServerResponse): boolean {
  const { responses, socket, bytesRead, bytesParsed } = connection
  if (responses.at(-1) !== response) return false
  const { req: request } = response
  const ahead = bytesParsed === undefined ? undefined : socket.bytesRead - bytesRead - bytesParsed
  // Fewer than counted: the body is still coming, or the head was not written the usual way and may hide what is behind.
  if (ahead !== undefined && (ahead < 0 || ahead > STRAY_CRLF)) return false
  // An answer given in the same turn as its request comes before the parser has seen the body, which may be here.
  return request.complete || !hasBody(request) || (ahead !== undefined && ahead >= 0)
}

/** Headers as `writeHead` takes them: an object without the connection's, a list of either form with the mark instead. */
function withMark(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return headers
  if (!Array.isArray(headers)) {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !isConnection(name)))
  }
  if (Array.isArray(headers[0])) return [...headers.filter(([name]) => !isConnection(name)), ['connection', 'close']]
  return [...headers.filter((_, index) => !isConnection(headers[index - (index % 2)])), 'connection', 'close']
}

function isConnection(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === 'connection'
}

/** Whether the connection was told to end: by the last answer's header, or by the end of its writable side. */
export function isToldToEnd(connection: Connection): boolean {
  const newest = connection.responses.at(-1)
  return connection.socket.writableEnded || (newest !== undefined && newest.headersSent && !newest.shouldKeepAlive)
}
