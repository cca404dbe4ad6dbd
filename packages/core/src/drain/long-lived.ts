import { ServerResponse } from 'node:http'

import { exchangesOf, openStreamOf } from './connection.ts'
import type { Connection, Exchange } from './connection.ts'

const LEAVE: unique symbol = Symbol('tidegate.leave')

interface Marked {
  [LEAVE]?: () => void
}

/** Says of an answer or a socket that it lasts as long as its client likes, and what is called to end it. */
export function markLongLived(what: object, leave: () => void): void {
  ;(what as Marked)[LEAVE] = leave
}

/** What is called to end it; `undefined` when it was not marked. */
export function leaveOf(what: object): (() => void) | undefined {
  return (what as Marked)[LEAVE]
}

const EVENT_STREAM = 'text/event-stream'

/**
 * Whether an answer lasts as long as its client likes: one that the application has marked, one that is seen to be an event
 * stream, one to a client that takes nothing else, or a tunnel over HTTP/2. Many clients take event streams besides, and
 * get an ordinary answer.
 */
export function isLongLived(exchange: Exchange): boolean {
  if (leaveOf(exchange) !== undefined) return true
  if (exchange instanceof ServerResponse) {
    return isEventStream(exchange.getHeader('content-type')) || isEventStream(exchange.req.headers.accept)
  }
  const headers = openStreamOf(exchange)?.headers
  // WebSockets of HTTP/2 are such, too (RFC 8441).
  if (headers?.[':method'] === 'CONNECT') return true
  return isEventStream(exchange.sentHeaders?.['content-type']) || isEventStream(headers?.accept)
}

/** Whether there is something on it that has no end of its own. */
export function hasLongLived(connection: Connection): boolean {
  return connection.upgraded !== undefined || exchangesOf(connection).some(isLongLived)
}

/** Whether somebody waits on it for an answer that comes to an end by itself. */
export function hasOrdinary(connection: Connection): boolean {
  return exchangesOf(connection).some((exchange) => !isLongLived(exchange))
}

/** `text/event-stream`, with parameters or without, and nothing besides. */
function isEventStream(types: unknown): boolean {
  return typeof types === 'string' && types.startsWith(EVENT_STREAM) && !types.includes(',')
}
