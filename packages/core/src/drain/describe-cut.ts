import { ServerResponse } from 'node:http'

import { exchangesOf, openStreamOf } from './connection.ts'
import type { Connection, Exchange } from './connection.ts'
import { describeRequest, describeRoute } from './describe-route.ts'
import { isLongLived } from './long-lived.ts'

/** Something that was still going on when it was destroyed. */
export interface CutRecord {
  /** `'lost'` is an ordinary request that something else in the process has destroyed, before its time was over. */
  readonly kind: 'request' | 'long-lived' | 'lost'
  /** Method and path, without the query; the last request before it, for what was upgraded. */
  readonly route: string
  /** How long it had been going on, in milliseconds. */
  readonly ageMs: number
  /** Address and port of who was cut off; what was lost may have none any more, and a Unix socket has none. */
  readonly peer?: string
}

/** What one service has a thousand clients of needs no thousand lines in its log. */
export const MOST_RECORDS = 32

/** What would be cut if all of these were destroyed now; the first of it. */
export function wouldBeCut(connections: Iterable<Connection>): readonly CutRecord[] {
  return [...connections].flatMap((connection) => describeCut(connection)).slice(0, MOST_RECORDS)
}

/** What destroying these answers of a connection cuts: not what has been ended already, and only was not gone yet. */
export function describeCut(
  connection: Connection,
  exchanges: readonly Exchange[] = exchangesOf(connection),
): CutRecord[] {
  const { socket, upgraded, begunAt } = connection
  if (upgraded !== undefined) {
    return socket.writableEnded ? [] : [toRecord(connection, 'long-lived', upgraded, begunAt)]
  }
  return exchanges
    .filter((exchange) => !isOut(exchange))
    .map((exchange) => describeExchange(connection, exchange, isLongLived(exchange) ? 'long-lived' : 'request'))
}

export function describeExchange(connection: Connection, exchange: Exchange, kind: CutRecord['kind']): CutRecord {
  if (exchange instanceof ServerResponse) {
    return toRecord(connection, kind, describeRequest(exchange.req), connection.begunAt)
  }
  const stream = openStreamOf(exchange)
  // Of all tunnels only those of WebSockets have a path.
  const target = stream?.headers[':path'] ?? stream?.headers[':authority']
  const route = describeRoute(stream?.headers[':method'], target)
  return toRecord(connection, kind, route, stream?.begunAt ?? connection.begunAt)
}

/** Whether its end is not up to us any more. */
function isOut(exchange: Exchange): boolean {
  if (isLongLived(exchange)) return exchange.writableEnded
  // A response of HTTP/1.1 leaves its connection with its last byte; a stream may have its upload still to come.
  return !(exchange instanceof ServerResponse) && exchange.writableFinished
}

function toRecord({ socket }: Connection, kind: CutRecord['kind'], route: string, start: number): CutRecord {
  const peer = socket.remoteAddress === undefined ? {} : { peer: `${socket.remoteAddress}:${socket.remotePort}` }
  return { kind, route, ageMs: Math.max(0, Date.now() - start), ...peer }
}
