import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { redis } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'

import type { Config } from './config.ts'

export type ShopDependency = 'postgres' | 'redis'
export type ShopLifecycle = Lifecycle<ShopDependency>

/** What Nest injects a lifecycle by: an interface has no class to name it by. */
export const LIFECYCLE = Symbol('lifecycle')

export function createShopLifecycle(pool: Pool, client: Redis, config: Config): ShopLifecycle {
  return createLifecycle({
    service: { name: 'nest-shop', version: '1.4.2' },
    dependencies: [postgres(pool, { prime: 5 }), redis(client, { critical: false })],
    health: { interval: config.checkInterval },
    shutdown: { gracePeriod: config.gracePeriod, lameDuck: config.lameDuck },
  })
}
