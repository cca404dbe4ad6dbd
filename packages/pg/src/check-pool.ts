import { untilAborted } from '@tidegate/core'
import type { CheckContext } from '@tidegate/core'

import { discard } from './cut-off.ts'
import type { PoolWatch } from './pool-watch.ts'
import type { PostgresPool, PostgresPoolClient } from './postgres-pool.ts'

/**
 * `SELECT 1` on a client of the pool. Rejects at once when the signal aborts; a client that comes later goes back to the
 * pool, one whose query was cut short does not.
 */
export async function checkPool(pool: PostgresPool, watch: PoolWatch, { signal }: CheckContext): Promise<void> {
  const client = await checkOut(pool, signal)
  watch.add(client)
  try {
    await untilAborted(client.query('SELECT 1'), signal)
  } catch (error) {
    discard(client)
    throw error
  }
  client.release()
}

async function checkOut(pool: PostgresPool, signal: AbortSignal): Promise<PostgresPoolClient> {
  const connecting = Promise.resolve(pool.connect())
  try {
    return await untilAborted(connecting, signal)
  } catch (error) {
    if (signal.aborted) connecting.then((client) => client.release()).catch(() => {})
    throw error
  }
}
