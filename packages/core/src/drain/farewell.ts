import { exchangesOf } from './connection.ts'
import type { Connection } from './connection.ts'
import type { DrainCount } from './drain-count.ts'
import { endCleanly } from './end-cleanly.ts'
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
      for (const what of [connection.socket, ...exchangesOf(connection)]) leaveOf(what)?.()
    }
  }

  /** Something was marked while the drain is under way: it may have come too late to be asked with the others. */
  marked(what: object): void {
    if (this.#said) leaveOf(what)?.()
  }

  /** Ends what can be told from a broken connection by its client. True when that has ended anything. */
  end(): boolean {
    let ended = 0
    for (const connection of this.#traffic.connections) ended += endAll(connection)
    this.#count.endedLongLived += ended
    return ended > 0
  }
}

function endAll(connection: Connection): number {
  const { socket, upgraded } = connection
  if (upgraded === undefined) return exchangesOf(connection).filter(isLongLived).filter(endCleanly).length
  if (socket.writableEnded || socket.destroyed) return 0
  socket.end()
  return 1
}
