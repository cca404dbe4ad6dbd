import type { StageContext } from '@tidegate/core'

import type { RedisClient } from './redis-client.ts'
import { isCluster } from './redis-client.ts'

/**
 * Quits the client, so that what was sent before is answered, and disconnects it when that would take longer than there
 * is: QUIT waits behind a blocking command, and for ever on a frozen server. Returns within the step's limit and never
 * rejects.
 */
export async function quit(client: RedisClient, context: StageContext): Promise<void> {
  if (client.status === 'end') return
  // QUIT would open the connection of a client that never had one.
  if (client.status === 'wait') return client.disconnect()

  const remaining = context.remaining()
  const reserve = Math.min(250, remaining / 4)
  // QUIT would connect to them first.
  if (isCluster(client)) for (const node of client.nodes()) if (node.status === 'wait') node.disconnect()
  const asked = client.quit().then(() => untilGone(client))
  const outcome = await within(remaining - reserve, context.signal, asked)
  if (outcome === 'done') return

  client.disconnect()
  if (outcome === 'failed') return
  const waitedMs = Math.round(remaining - reserve)
  context.logger.warn(
    { waitedMs },
    'QUIT was not answered in time (a blocking command, or a frozen server); disconnected',
  )
  await within(reserve / 2, context.signal, untilGone(client))
}

/** A client that was waiting to reconnect when it was told to end keeps its status, or has no node, and never says 'end'. */
async function untilGone(client: RedisClient): Promise<void> {
  if (client.status === 'end' || client.status === 'reconnecting') return
  if (isCluster(client) && client.nodes().length === 0) return
  await new Promise<void>((resolve) => client.once('end', resolve))
}

/** How `work` ended, if it did before `limit` (in milliseconds) and before `signal` aborted. */
function within(limit: number, signal: AbortSignal, work: Promise<void>): Promise<'done' | 'failed' | 'late'> {
  return new Promise((resolve) => {
    const settle = (outcome: 'done' | 'failed' | 'late'): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', late)
      resolve(outcome)
    }
    const late = (): void => settle('late')
    const timer = setTimeout(late, limit)
    if (signal.aborted) late()
    else signal.addEventListener('abort', late)
    work.then(
      () => settle('done'),
      () => settle('failed'),
    )
  })
}
