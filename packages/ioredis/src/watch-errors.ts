import type { Logger } from '@tidegate/core'

import type { RedisClient } from './redis-client.ts'
import { describeError } from './server-reply.ts'

/**
 * Logs the first error of each outage of the client and keeps quiet until it is ready again: a client that reconnects
 * emits one error per attempt, and ioredis prints every one to stderr while nobody listens. Listeners of the user's own
 * go on hearing all of them.
 *
 * @returns What stops it and leaves no listener.
 */
export function watchErrors(client: RedisClient, logger: Logger): () => void {
  let told = false
  const onError = (error: Error): void => {
    if (told) return
    told = true
    logger.warn(
      { error: describeError(error) },
      'the Redis client reports an error; further ones are not logged until it is ready',
    )
  }
  const onReady = (): void => {
    if (told) logger.info({}, 'the Redis client is ready again')
    told = false
  }
  client.on('error', onError)
  client.on('ready', onReady)
  return () => {
    client.off('error', onError)
    client.off('ready', onReady)
  }
}
