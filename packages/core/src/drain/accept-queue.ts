import cluster from 'node:cluster'

import type { Traffic } from './traffic.ts'

const QUIET_TURNS = 3
/** Both have to be over: a loop that comes late has had fewer turns in its time. */
const LIMIT_MS = 250
const LEAST_TURNS = 128

/**
 * Accepts what the kernel has already completed the handshake for: closing the listener resets those connections. The
 * loop accepts about one a turn, so turns are counted until three bring none. Bounded, because clients that come back
 * as fast as they are served would refill the queue for ever.
 *
 * In a cluster worker the primary holds the queue.
 */
export async function emptyAcceptQueue(traffic: Traffic): Promise<void> {
  if (cluster.isWorker) return
  const end = performance.now() + LIMIT_MS
  let quiet = 0
  for (let turn = 0; quiet < QUIET_TURNS && (turn < LEAST_TURNS || performance.now() < end); turn++) {
    const { accepted } = traffic
    await new Promise((resolve) => setImmediate(resolve))
    quiet = traffic.accepted === accepted ? quiet + 1 : 0
  }
}
