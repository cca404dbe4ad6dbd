import type { Socket } from 'node:net'

import { isIdle } from './connection.ts'
import type { Connection } from './connection.ts'

const SPREAD_MS = 200
const STEP_MS = 10

/** A line break behind a request is to be ignored (RFC 9112, section 2.2). */
const STRAY_CRLF = 2

const REQUEST_TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/**
 * Ends an idle connection; half a header is answered 408. Never call it inside an I/O callback: the next request of the
 * same poll batch would be parsed after the end. `end()` alone would leave the readable side open for such a request.
 */
export function endConnection(connection: Connection): void {
  const { socket, handshake } = connection
  if (socket.writableEnded || socket.destroyed) return
  if (handshake !== undefined) {
    socket.destroy()
    return
  }
  if (hasHalfHeader(connection)) socket.write(REQUEST_TIMEOUT)
  endSocket(socket)
}

/** What Node does behind an answer with `Connection: close`: ends it, and destroys it when all is out. */
export function endSocket(socket: Socket): void {
  // A stream that is no socket, as tests and self requests bring, has no destroySoon.
  if (typeof socket.destroySoon === 'function') socket.destroySoon()
  else socket.end()
}

function hasHalfHeader({ socket, bytesRead, answeredEarly }: Connection): boolean {
  return !answeredEarly && socket.bytesRead > bytesRead + STRAY_CRLF
}

/** The same for one that has been idle all along: with nothing more to say, one call of the kernel does it instead of two. */
function endIdle(connection: Connection): void {
  const { socket } = connection
  // TLS has a last word of its own.
  if ('encrypted' in socket || socket.writableLength > 0 || hasHalfHeader(connection)) endConnection(connection)
  else socket.destroy()
}

/**
 * Ends idle connections over a fifth of a second, so that their clients don't return as one herd. A connection on which
 * a request has come meanwhile is left to its answer. Returns what stops it.
 */
export function endSpread(connections: readonly Connection[]): () => void {
  const perStep = Math.max(1, Math.ceil((connections.length * STEP_MS) / SPREAD_MS))
  let next = 0
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined

  const endSome = (): void => {
    for (const one of connections.slice(next, next + perStep)) {
      // A TLS handshake may have come to its end meanwhile.
      const connection = one.secure ?? one
      if (isIdle(connection)) endIdle(connection)
      else if (one.secure !== undefined) connection.session?.close()
    }
    next += perStep
    if (next < connections.length) timer = setTimeout(schedule, STEP_MS)
  }
  // Timers run before the poll phase: requests that have reached the kernel by now are read first.
  const schedule = (): void => {
    immediate = setImmediate(endSome)
  }
  if (connections.length > 0) schedule()

  return () => {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}
