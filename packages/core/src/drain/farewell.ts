import type { Duplex } from 'node:stream'

import { exchangesOf } from './connection.ts'
import type { Connection, Exchange } from './connection.ts'
import type { DrainCount } from './drain-count.ts'
import { endCleanly, endUpgraded, refuseWrites } from './end-cleanly.ts'
import { isLongLived, leaveOf } from './long-lived.ts'
import type { Traffic } from './traffic.ts'

/** Long-lived answers and connections have no end of their own: they are asked to end, and later ended. */
export class Farewell {
  readonly #traffic: Traffic
  readonly #count: DrainCount
  #said = false

  constructor(traffic: Traffic, count: DrainCount) {
    this.#traffic = traffic
    this.#count = count
  }

  /** Asks everything that was marked, which has time from now on to end itself. */
  say(): void {
    this.#said = true
    for (const connection of this.#traffic.connections) {
      for (const what of [connection.socket, ...exchangesOf(connection)]) ask(what)
    }
  }

  /** Something was marked while the drain is under way: it may have come too late to be asked with the others. */
  marked(what: LongLivedTarget): void {
    // Not before its handler has begun what it is marked for.
    if (this.#said) setImmediate(() => ask(what))
  }

  /** Ends what can be told from a broken connection by its client. True when that has ended anything. */
  end(): boolean {
    let ended = 0
    for (const connection of this.#traffic.connections) ended += endAll(connection)
    this.#count.endedLongLived += ended
    return ended > 0
  }
}

/** What is long-lived, as node has it. */
export type LongLivedTarget = Exchange | Duplex

function ask(what: LongLivedTarget): void {
  const leave = leaveOf(what)
  if (leave === undefined || what.writableEnded || what.destroyed) return
  leave()
  // Its handler may go on writing to what has just been ended.
  if (what.writableEnded) refuseWrites(what)
}

function endAll(connection: Connection): number {
  if (connection.upgraded !== undefined) return endUpgraded(connection.socket) ? 1 : 0
  return exchangesOf(connection).filter(isLongLived).filter(endCleanly).length
}
