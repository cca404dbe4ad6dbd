import type { Cluster, Redis, RedisOptions } from 'ioredis'

import type { RedisClient } from './redis-client.ts'
import { isCluster, sentinelRole } from './redis-client.ts'

export interface OwnClient<Client extends RedisClient> {
  readonly redis: Client
  readonly opened: Promise<void>
  /** Why it failed, as ioredis emits it: the promises of its commands only say that the connection is closed. */
  readonly cause: Error | undefined
  /** To be called when it has answered, so that it is asked first; and nobody waits for it. */
  nameOnce(): void
}

/** What a Sentinel may take to answer, before the next one is asked. */
const SENTINEL_MS = 2_000

/** One attempt for each question: what is lost stays lost until the next, so a dead server sees no reconnects of ours. */
const OWN_OPTIONS = Object.freeze<RedisOptions & { protocol: 2; replyMapping: 'legacy' }>({
  lazyConnect: true,
  retryStrategy: null,
  reconnectOnError: null,
  // Nothing is ever queued: a question finds a connection or fails.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableAutoPipelining: false,
  // PING says LOADING by itself; the ready check would hide it, and its timer cannot be cleared.
  enableReadyCheck: false,
  // The question must be the first command: a server at `maxclients` refuses the first, whichever it is, and hangs up. Of 50
  // refusals 25 were heard so, and none when ioredis sent commands of its own before, as HELLO since its version 6.
  protocol: 2,
  replyMapping: 'legacy',
  connectionName: undefined,
  disableClientInfo: true,
  readOnly: false,
  // The signal of each question is its one limit. The client's own may be shorter, and would cost a slow server one
  // connection per check.
  connectTimeout: 0,
  commandTimeout: undefined,
  socketTimeout: undefined,
  // A frozen server never closes its side; until this is over the socket holds the process.
  disconnectTimeout: 100,
})

/**
 * A client like the user's, with nothing of its patience.
 *
 * @param name What whoever reads CLIENT LIST sees.
 */
export function openOwnClient<Client extends RedisClient>(
  client: Client,
  name: string,
  options: RedisOptions,
): OwnClient<Client> {
  const redis = (isCluster(client) ? duplicateCluster(client, name, options) : duplicate(client, options)) as Client
  const opened = redis.connect()
  let cause: Error | undefined
  redis.on('error', (error: Error & { lastNodeError?: Error }) => {
    cause = error.lastNodeError ?? error
  })
  let named = isCluster(redis)
  return {
    redis,
    opened,
    get cause() {
      return cause
    },
    nameOnce() {
      if (!named) redis.client('SETNAME', name).catch(() => {})
      named = true
    },
  }
}

function duplicate(client: Redis, options: RedisOptions): Redis {
  // What asks a Sentinel is not ended with the connection: without limits of its own a frozen one would hold it for ever.
  const sentinels: RedisOptions =
    sentinelRole(client) === undefined
      ? {}
      : {
          connectTimeout: SENTINEL_MS,
          sentinelCommandTimeout: SENTINEL_MS,
          sentinelRetryStrategy: () => null,
          failoverDetector: false,
        }
  return client.duplicate({ ...options, ...OWN_OPTIONS, ...sentinels })
}

function duplicateCluster(client: Cluster, name: string, options: RedisOptions): Cluster {
  return client.duplicate([], {
    lazyConnect: true,
    clusterRetryStrategy: null,
    clusterNodeRetryStrategy: null,
    // Its connect() is never settled when the ready check fails; a Cluster that is down says so to the question.
    enableReadyCheck: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    slotsRefreshInterval: undefined,
    shardedSubscribers: false,
    scaleReads: 'master',
    // Those of its nodes win over what is among them of no use here: a node queues until it is connected.
    redisOptions: { ...client.options.redisOptions, ...options, ...OWN_OPTIONS, connectionName: name },
  })
}
