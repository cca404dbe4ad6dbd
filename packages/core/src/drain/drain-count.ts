import { exchangesOf } from './connection.ts'
import type { Connection } from './connection.ts'
import type { CutRecord } from './describe-cut.ts'
import { isLongLived } from './long-lived.ts'
import type { Traffic } from './traffic.ts'

/** What was open when the drain began. A connection is of the first kind that fits it, in this order. */
export interface OpenConnections {
  /** WebSockets, CONNECT tunnels and other protocols. */
  readonly upgraded: number
  readonly http2: number
  /** Answering an event stream, or what `longLived` has marked. */
  readonly eventStreams: number
  /** Answering an ordinary request. */
  readonly active: number
  readonly idle: number
}

/** What the drain has counted. */
export interface DrainCount {
  lameDuckMs: number
  /** All connections when the drain began, and of which kinds they were. */
  readonly open: number
  readonly connections: OpenConnections
  /** Ordinary requests, and long-lived answers and connections, in flight when the drain began. */
  readonly inFlight: number
  readonly longLived: number
  finished: number
  refused: number
  rejected: number
  cutRequests: number
  lostRequests: number
  cutConnections: number
  endedLongLived: number
  cutLongLived: number
  /** The first of what was cut. */
  readonly cut: CutRecord[]
}

export function startCount({ connections }: Traffic): DrainCount {
  const kinds = { upgraded: 0, http2: 0, eventStreams: 0, active: 0, idle: 0 }
  let inFlight = 0
  let longLived = 0
  for (const connection of connections) {
    kinds[kindOf(connection)]++
    if (connection.upgraded !== undefined) longLived++
    for (const exchange of exchangesOf(connection)) {
      if (isLongLived(exchange)) longLived++
      else inFlight++
    }
  }
  return {
    lameDuckMs: 0,
    open: connections.size,
    connections: kinds,
    inFlight,
    longLived,
    finished: 0,
    refused: 0,
    rejected: 0,
    cutRequests: 0,
    lostRequests: 0,
    cutConnections: 0,
    endedLongLived: 0,
    cutLongLived: 0,
    cut: [],
  }
}

function kindOf(connection: Connection): keyof OpenConnections {
  if (connection.upgraded !== undefined) return 'upgraded'
  if (connection.session !== undefined) return 'http2'
  const exchanges = exchangesOf(connection)
  if (exchanges.length === 0) return 'idle'
  return exchanges.every(isLongLived) ? 'eventStreams' : 'active'
}
