import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Exchange } from './connection.ts'

/**
 * Brings an answer that has no end of its own to one that its client can tell from a broken connection: the last chunk
 * of HTTP/1.1, the END_STREAM of HTTP/2. False when its protocol knows none, or its headers are not out yet.
 */
export function endCleanly(exchange: Exchange): boolean {
  if (exchange.writableEnded || exchange.destroyed || !exchange.headersSent) return false
  if (exchange instanceof ServerResponse && !exchange.chunkedEncoding) return false
  exchange.end()
  refuseWrites(exchange)
  return true
}

/** The same for a connection that speaks another protocol: its client gets a FIN. */
export function endUpgraded(socket: Duplex): boolean {
  if (socket.writableEnded || socket.destroyed) return false
  socket.end()
  refuseWrites(socket)
  return true
}

/**
 * Whoever writes there goes on until it hears of the end. Node would throw that at it as an error event, and at the whole
 * process when nobody listens for one.
 */
export function refuseWrites(ended: Exchange | Duplex): void {
  ended.write = function write(...parameters: unknown[]): boolean {
    callBack(parameters)
    return false
  }
  ended.end = function end<Ended>(this: Ended, ...parameters: unknown[]): Ended {
    callBack(parameters)
    return this
  }
}

function callBack(parameters: readonly unknown[]): void {
  const callback = parameters.findLast((parameter) => typeof parameter === 'function')
  if (callback !== undefined) process.nextTick(callback)
}
