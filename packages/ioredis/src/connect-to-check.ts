import { createCheckConnection } from './check-connection.ts'
import type { CheckConnection } from './check-connection.ts'
import { createClusterCheckConnection } from './cluster-check-connection.ts'
import { inquiryOf } from './inquiry.ts'
import type { RedisClient } from './redis-client.ts'
import { isCluster } from './redis-client.ts'

/** The connection, or the connections, over which such a client is checked. */
export function connectToCheck(client: RedisClient): CheckConnection {
  return isCluster(client) ? createClusterCheckConnection(client) : createCheckConnection(client, inquiryOf(client))
}
