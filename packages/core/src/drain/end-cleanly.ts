import { ServerResponse } from 'node:http'

import type { Exchange } from './connection.ts'

/**
 * Brings an answer that has no end of its own to one that its client can tell from a broken connection: the last chunk
 * of HTTP/1.1, the END_STREAM of HTTP/2. False when its protocol knows none, or its headers are not out yet.
 */
export function endCleanly(exchange: Exchange): boolean {
  if (exchange.writableEnded || exchange.destroyed || !exchange.headersSent) return false
  if (exchange instanceof ServerResponse && !exchange.chunkedEncoding) return false
  exchange.end()
  // Its handler goes on writing until it hears of the end. Node would throw that at it as an error event, and at the
  // whole process when nobody listens for one.
  exchange.write = refuseWrite
  exchange.end = function end<Answer>(this: Answer): Answer {
    return this
  }
  return true
}

function refuseWrite(...parameters: unknown[]): boolean {
  const callback = parameters.findLast((parameter) => typeof parameter === 'function')
  if (callback !== undefined) process.nextTick(callback)
  return false
}
