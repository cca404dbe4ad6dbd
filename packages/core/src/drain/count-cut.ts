import type { Connection, Exchange } from './connection.ts'
import { describeExchange, MOST_RECORDS } from './describe-cut.ts'
import type { CutRecord } from './describe-cut.ts'
import type { DrainCount } from './drain-count.ts'

/** The drain itself destroys these. */
export function countCut(records: readonly CutRecord[], count: DrainCount): void {
  const requests = records.filter(({ kind }) => kind === 'request').length
  count.cutRequests += requests
  count.cutLongLived += records.length - requests
  record(records, count)
}

/** Something else in the process has destroyed these requests' connection. */
export function countLost(connection: Connection, lost: readonly Exchange[], count: DrainCount): void {
  count.lostRequests += lost.length
  const records = lost.slice(0, MOST_RECORDS).map((exchange) => describeExchange(connection, exchange, 'lost'))
  record(records, count)
}

function record(records: readonly CutRecord[], { cut }: DrainCount): void {
  cut.push(...records.slice(0, MOST_RECORDS - cut.length))
}
