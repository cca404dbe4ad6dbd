import type { ServerResponse } from 'node:http'

import type { Connection } from './connection.ts'

/** The shortest request there is, as `GET / HTTP/1.0` with the line breaks behind it. */
const SHORTEST_REQUEST = 18

/**
 * Lets a response say `Connection: close` when its headers are written, if `wanted` then. Only then is it known whether
 * it is its connection's newest. Its own property, so that requests cost nothing for it before the drain.
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
 * Whether the connection may end after this answer. Not when another request is behind it, which would be dropped with it.
 * Fewer bytes than a request are a line break behind the last one (RFC 9112, section 2.2), or a head that was not written
 * the usual way.
 */
function mayEnd({ responses, socket, parsedTo }: Connection, response: ServerResponse): boolean {
  if (responses.at(-1) !== response) return false
  // Not a number where that can't be told.
  const ahead = socket.bytesRead - (parsedTo ?? Number.NaN)
  return !(ahead >= SHORTEST_REQUEST)
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
  return (
    connection.ending ||
    connection.socket.writableEnded ||
    (newest !== undefined && newest.headersSent && !newest.shouldKeepAlive)
  )
}
