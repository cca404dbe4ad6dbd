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

/** Whether an answer lasts as long as its client likes: an event stream, or one that the application has marked. */
export function isLongLived(exchange: Exchange): boolean {
  if (leaveOf(exchange) !== undefined) return true
  if (exchange instanceof ServerResponse) {
    return asksForEvents(exchange.req.headers.accept) || isEventStream(exchange.getHeader('content-type'))
  }
  return asksForEvents(openStreamOf(exchange)?.headers.accept) || isEventStream(exchange.sentHeaders?.['content-type'])
}

/** Whether somebody waits on it for an answer that comes to an end by itself. */
export function hasOrdinary(connection: Connection): boolean {
  return exchangesOf(connection).some((exchange) => !isLongLived(exchange))
}

function isEventStream(contentType: unknown): boolean {
  return typeof contentType === 'string' && contentType.startsWith(EVENT_STREAM)
}

function asksForEvents(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes(EVENT_STREAM)
}
