import type { Dependency } from '@tidegate/core'
import { startRedisCluster } from '@tidegate/services'
import { createStepContext, runClose } from '@tidegate/testing'
import type { ClusterOptions } from 'ioredis'
import { Cluster, Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'

import { redis } from '../src/index.ts'
import type { RedisDependencyOptions } from '../src/index.ts'
import { AMPLE } from './real-server.ts'

type Service = Awaited<ReturnType<typeof startRedisCluster>>
type Node = Service['masters'][number]

export interface RealCluster {
  readonly masters: readonly Node[]
  readonly replicas: readonly Node[]
  /** A client that has not connected yet, with ioredis' defaults; disconnected after the test. */
  client(options?: ClusterOptions): Cluster
  /** A dependency of that client, closed after the test. */
  dependency(client: Cluster, options?: RedisDependencyOptions): Dependency
  /** Asks one node, over a connection of the test's own. */
  on<Answer>(node: Node, ask: (admin: Redis) => Promise<Answer>): Promise<Answer>
  /** How many of the connections that the node has begin their name so; those of the test's own and of the nodes apart. */
  connections(node: Node, name?: string): Promise<number>
  /** A key that each master serves, in their order. */
  readonly keys: readonly string[]
}

/** A real Cluster for the tests of the file that calls this, whole at the start of each. */
export function useRealCluster(options: Parameters<typeof startRedisCluster>[0] = {}): RealCluster {
  vi.setConfig({ testTimeout: 4 * AMPLE, hookTimeout: 4 * AMPLE })
  let service: Service
  const clients: Cluster[] = []
  const dependencies: Dependency[] = []
  const nodes = (): Node[] => [...service.masters, ...service.replicas]

  beforeAll(async () => {
    service = await startRedisCluster(options)
  })
  afterEach(async () => {
    for (const node of nodes()) {
      await node.start()
      await node.thaw()
    }
    for (const client of clients.splice(0)) if (client.status !== 'end') client.disconnect()
    for (const dependency of dependencies.splice(0)) await runClose(dependency, createStepContext({ limit: 1000 }))
    await service.untilOk()
    for (const node of nodes()) await vi.waitFor(async () => expect(await connections(node)).toBe(0), AMPLE)
  })
  afterAll(() => service?.close())

  async function on<Answer>(node: Node, ask: (admin: Redis) => Promise<Answer>): Promise<Answer> {
    const admin = new Redis({ ...node.connection, connectionName: 'admin', lazyConnect: true, retryStrategy: null })
    admin.on('error', () => {})
    try {
      await admin.connect()
      return await ask(admin)
    } finally {
      admin.disconnect()
    }
  }

  async function connections(node: Node, name = ''): Promise<number> {
    const list = String(await on(node, (admin) => admin.client('LIST', 'TYPE', 'NORMAL')))
    const names = [...list.matchAll(/ name=(\S*) /g)].map((match) => match[1] ?? '')
    return names.filter((one) => one !== 'admin' && one.startsWith(name)).length
  }

  return {
    get masters() {
      return service.masters
    },
    get replicas() {
      return service.replicas
    },
    client(given = {}) {
      const client = new Cluster(
        service.masters.map(({ connection }) => connection),
        { lazyConnect: true, ...given },
      )
      clients.push(client)
      return client
    },
    dependency(client, given) {
      const dependency = redis(client, given)
      dependencies.push(dependency)
      return dependency
    },
    on,
    connections,
    // Slots 3300, 7365 and 11298: one in each third.
    keys: ['b', 'c', 'd'],
  }
}
