import { afterAll, afterEach, beforeAll, vi } from 'vitest'

import { AMPLE } from './limits.ts'
import { startPostgresServer } from './postgres-server.ts'
import type { PostgresServer } from './postgres-server.ts'
import { startRedisServer } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'
import { createShop } from './shop.ts'
import type { Shop, ShopOptions } from './shop.ts'

/** The real servers of the test file that asks for them, running and thawed at the start of each test. */
export interface Backends {
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  /** A service on both, not opened yet; it is shut down after the test. */
  shop(options?: Partial<ShopOptions>): Shop
}

export function useBackends(): Backends {
  vi.setConfig({ testTimeout: 3 * AMPLE, hookTimeout: 3 * AMPLE })
  let postgres: PostgresServer | undefined
  let redis: RedisServer | undefined
  const shops: Shop[] = []

  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startPostgresServer(), startRedisServer()])
  })
  afterEach(async () => {
    await Promise.all([bringBack(postgres), bringBack(redis)])
    await Promise.all(shops.splice(0).map(leave))
  })
  afterAll(async () => {
    await Promise.all([postgres?.close(), redis?.close()])
  })

  return {
    get postgres() {
      return running(postgres)
    },
    get redis() {
      return running(redis)
    },
    shop(options = {}) {
      const { pool, client } = options
      const shop = createShop({
        ...options,
        pool: { ...running(postgres).connection, ...pool },
        client: { ...running(redis).connection, ...client },
      })
      shops.push(shop)
      return shop
    },
  }
}

function running<Server>(server: Server | undefined): Server {
  if (server === undefined) throw new Error('the servers are used before the test has begun')
  return server
}

async function bringBack(server: PostgresServer | RedisServer | undefined): Promise<void> {
  await server?.start()
  await server?.thaw()
}

async function leave({ lifecycle, pool, client }: Shop): Promise<void> {
  await lifecycle.shutdown({ reason: 'the test is over' })
  // One that was never started closes nothing.
  if (!pool.ending) await pool.end()
  client.disconnect()
}
