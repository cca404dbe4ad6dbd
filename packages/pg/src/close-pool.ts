import { LifecycleError, untilAborted } from '@tidegate/core'
import type { Logger } from '@tidegate/core'

import { cutOff } from './cut-off.ts'
import type { PoolWatch } from './pool-watch.ts'
import type { PostgresPool } from './postgres-pool.ts'

/**
 * Ends the pool, unless somebody has, and waits until its last connection is closed. When `signal` aborts, what is left
 * is cut off, so that neither a client that was never released nor a frozen server keeps the process alive.
 *
 * @throws {LifecycleError} `TIDEGATE_TIMEOUT` when clients were still in use then.
 */
export async function closePool(
  pool: PostgresPool,
  watch: PoolWatch,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  const ended = pool.ending === true ? Promise.resolve() : pool.end()
  try {
    // The pool says it has ended when nobody uses it any more; its sockets may still be open then.
    await untilAborted(Promise.all([ended, watch.whenEmpty()]), signal)
    return
  } catch (error) {
    if (!signal.aborted) throw error
  }
  // An ending pool counts only what it could not close: what is checked out, and what is still being opened.
  const { totalCount: used, waitingCount: waiting } = pool
  const open = watch.clients.size
  for (const client of watch.clients) cutOff(client)
  if (used > 0) {
    const queue = waiting === 0 ? '' : `, with ${waiting} callers waiting for one`
    throw new LifecycleError(
      'TIDEGATE_TIMEOUT',
      `${used} of the pool's clients were not released before the close limit${queue}; they are cut off. ` +
        'Release every client in a finally block, or give the close more time with limits.close',
    )
  }
  logger.warn({ connections: open }, 'the server did not close its side of every connection in time; they are cut off')
}
