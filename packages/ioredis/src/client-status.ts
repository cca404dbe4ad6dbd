import type { RedisClient } from './redis-client.ts'

/**
 * Why the service cannot use its client although the server answers, or undefined when it can. An answering server does
 * not help requests while their own client is not connected: it may have ended, or find no free slot (`maxclients`). A
 * reconnect after a restart takes ioredis at most 2 s by default, which `fall` absorbs.
 */
export function whyUnusable(client: RedisClient): string | undefined {
  switch (client.status) {
    case 'end':
      return "the service's client has ended and will not reconnect: it was closed, or its retryStrategy gave up"
    case 'connecting':
    case 'connect':
    case 'close':
    case 'reconnecting':
    case 'disconnecting':
      return `the server answers, but the service's client is not connected to it (its status is '${client.status}')`
    default:
      return undefined
  }
}

/** Resolves when the client is ready. Rejects when it ends, and when `signal` aborts. Leaves no listener. */
export function untilReady(client: RedisClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      client.off('ready', settle)
      client.off('end', settle)
      signal.removeEventListener('abort', settle)
      if (client.status === 'ready') resolve()
      else reject(signal.aborted ? signal.reason : new Error(whyUnusable(client)))
    }
    if (client.status === 'ready' || client.status === 'end' || signal.aborted) return settle()
    client.on('ready', settle)
    client.on('end', settle)
    signal.addEventListener('abort', settle)
  })
}
