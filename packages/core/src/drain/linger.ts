import { isIdle } from './connection.ts'
import type { Connection } from './connection.ts'
import { endConnection, endSpread } from './end-connection.ts'
import { hasOrdinary } from './long-lived.ts'
import type { Traffic } from './traffic.ts'
import type { WatchedServer } from './watch-server.ts'

export interface LingerInit {
  readonly traffic: Traffic
  readonly servers: () => Iterable<WatchedServer>
  onOver(): void
}

/**
 * How long idle connections may bring one more request once the listener has closed: their clients could not know. Behind
 * it whatever becomes idle is ended.
 */
export class Linger {
  readonly #init: LingerInit
  #isOver = false
  #isEndingIdle = false
  #isIdleDue = false
  #isStopped = false
  #stopSpread: () => void = () => {}

  constructor(init: LingerInit) {
    this.#init = init
  }

  get isOver(): boolean {
    return this.#isOver
  }

  end(): void {
    if (this.#isStopped || this.#isOver) return
    this.#isOver = true
    // One that has never asked for anything was left open for its first request.
    for (const { session } of this.#init.traffic.connections) session?.close()
    this.#init.onOver()
    this.#endIdle()
  }

  /** What is left is destroyed, or there is nothing left. */
  stop(): void {
    this.#isStopped = true
    this.#stopSpread()
  }

  opened(connection: Connection): void {
    if (this.#isEndingIdle) endSoon(connection)
  }

  /** It has answered, or has read what was left of an upload behind its answer. */
  answered(connection: Connection): void {
    if (!this.#isOver) return
    endSoon(connection)
    this.endIdleSoon()
  }

  /** Once a turn: thousands of connections may go in one, and each look at all of them. */
  endIdleSoon(): void {
    if (this.#isEndingIdle || this.#isIdleDue || !this.#isOver) return
    this.#isIdleDue = true
    setImmediate(() => {
      this.#isIdleDue = false
      if (!this.#isStopped) this.#endIdle()
    })
  }

  /** Once, when the linger is over and no ordinary request in flight; what becomes idle later ends by itself. */
  #endIdle(): void {
    const { traffic, servers } = this.#init
    if (this.#isEndingIdle) return
    if (traffic.inFlight > 0) for (const connection of traffic.connections) if (hasOrdinary(connection)) return
    this.#isEndingIdle = true
    this.#stopSpread = endSpread([...traffic.connections].filter(isIdle))
    // Node ends the idle ones of those it has, known here or not.
    for (const server of servers()) server.endStrangers(false)
  }
}

function endSoon(connection: Connection): void {
  setImmediate(() => {
    if (isIdle(connection)) endConnection(connection)
  })
}
