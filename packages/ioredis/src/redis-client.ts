import type { Cluster, Redis } from 'ioredis'

/** A client of ioredis: of one server, of whichever the Sentinels name, or of a Cluster. */
export type RedisClient = Redis | Cluster

export function isCluster(client: RedisClient): client is Cluster {
  return client.isCluster
}

/** The role that the server behind the Sentinels has to have; undefined for a client without Sentinels. */
export function sentinelRole(client: Redis): 'master' | 'slave' | undefined {
  const { sentinels, role } = client.options
  return sentinels ? (role ?? 'master') : undefined
}
