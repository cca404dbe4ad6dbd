import { ServerResponse } from 'node:http'

import { exchangesOf, openStreamOf } from './connection.ts'
import type { Connection } from './connection.ts'
import { describeRequest, describeRoute } from './describe-route.ts'
import type { DrainCount } from './drain-count.ts'
import { isLongLived } from './long-lived.ts'

/** Something that was still going on when it was destroyed. */
export interface CutRecord {
  /** `'lost'` is an ordinary request that something else in the process has destroyed, before its time was over. */
  readonly kind: 'request' | 'long-lived' | 'lost'
  /** Method and path, without the query; the last request before it, for what was upgraded. */
  readonly route: string
  /** How long it had been going on, in milliseconds. */
  readonly ageMs: number
  /** Address and port of who was cut off; what was lost has none any more, nor has a Unix socket. */
  readonly peer?: string
}

/** What one service has a thousand clients of needs no thousand lines in its log. */
const MOST_RECORDS = 32

/** What would be cut if all of these were destroyed now; the first of it. */
export function wouldBeCut(connections: Iterable<Connection>): readonly CutRecord[] {
  return [...connections].flatMap(describe).slice(0, MOST_RECORDS)
}

/** Destroys it with all that goes on there, and counts that. */
export function cutConnection(connection: Connection, count: DrainCount): void {
  const records = describe(connection)
  const requests = records.filter(({ kind }) => kind === 'request').length
  count.cutConnections++
  count.cutRequests += requests
  count.cutLongLived += records.length - requests
  count.cut.push(...records.slice(0, MOST_RECORDS - count.cut.length))
  // A session that has been told to close only ends its socket when it is destroyed, and waits for a client that may be gone.
  connection.session?.destroy()
  connection.socket.destroy()
}

/** Something else in the process has destroyed these requests' connection. */
export function countLost({ begunAt }: Connection, lost: readonly ServerResponse[], count: DrainCount): void {
  count.lostRequests += lost.length
  for (const { req } of lost.slice(0, MOST_RECORDS - count.cut.length)) {
    const route = describeRequest(req)
    count.cut.push({ kind: 'lost', route, ageMs: Math.max(0, Date.now() - begunAt) })
  }
}

/** Without what has been ended already, and only was not gone yet. */
function describe(connection: Connection): CutRecord[] {
  const { socket, upgraded, begunAt } = connection
  const peer = socket.remoteAddress === undefined ? {} : { peer: `${socket.remoteAddress}:${socket.remotePort}` }
  const toRecord = (kind: CutRecord['kind'], route: string, start: number): CutRecord => {
    return { kind, route, ageMs: Math.max(0, Date.now() - start), ...peer }
  }
  if (upgraded !== undefined) return socket.writableEnded ? [] : [toRecord('long-lived', upgraded, begunAt)]
  const exchanges = exchangesOf(connection).filter((exchange) => !isLongLived(exchange) || !exchange.writableEnded)
  return exchanges.map((exchange) => {
    const kind = isLongLived(exchange) ? 'long-lived' : 'request'
    if (exchange instanceof ServerResponse) {
      return toRecord(kind, describeRequest(exchange.req), begunAt)
    }
    const stream = openStreamOf(exchange)
    return toRecord(
      kind,
      describeRoute(stream?.headers[':method'], stream?.headers[':path']),
      stream?.begunAt ?? begunAt,
    )
  })
}
