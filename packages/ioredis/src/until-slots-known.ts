import type { Cluster } from 'ioredis'

import { explain } from './server-reply.ts'

/**
 * Resolves when a Cluster is ready, which it is when it knows its slots. Rejects when an attempt of it to connect has come
 * to nothing, with what its last node said, and when `signal` aborts. Leaves no listener.
 */
export function untilSlotsKnown(cluster: Cluster, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason = 'none of its startup nodes answers, or they say that the Cluster is down (cluster_state:fail)'
    const onNodeError = (error: Error): void => {
      reason = explain(error).message ?? reason
    }
    const settle = (): void => {
      for (const event of ['ready', 'close', 'end']) cluster.off(event, settle)
      cluster.off('node error', onNodeError)
      signal.removeEventListener('abort', settle)
      if (cluster.status === 'ready') resolve()
      else reject(signal.aborted ? signal.reason : new Error(reason))
    }
    if (cluster.status === 'ready' || signal.aborted) return settle()
    for (const event of ['ready', 'close', 'end']) cluster.on(event, settle)
    cluster.on('node error', onNodeError)
    signal.addEventListener('abort', settle)
  })
}
