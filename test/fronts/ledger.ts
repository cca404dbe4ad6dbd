import type { DrainRecord } from '@tidegate/core'

/** What one instance knows of what has reached it. Times are those of `Date.now()`. */
export interface Ledger {
  /** The ids of the requests whose handler ran. */
  readonly handled: string[]
  /** Connections, health checks among them. */
  accepted: number
  listenerClosedAt: number
  /** When it ended a connection without having told its client: a request may have crossed each of them. */
  readonly untoldEnds: number[]
  readonly record: DrainRecord | undefined
}
