import type { Server } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import type { CheckOptions, Dependency, Lifecycle, LifecycleOptions } from '@tidegate/core'
import { requires, tidegate } from '@tidegate/express'
import { redis } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import express from 'express'
import type { Express } from 'express'
import { Redis } from 'ioredis'
import type { RedisOptions } from 'ioredis'
import pg from 'pg'

import { ask } from './ask.ts'
import type { Answer } from './ask.ts'
import { nextStatus } from './events.ts'

/** A line of the service's log. */
export interface LogLine {
  readonly level: string
  readonly fields: object
  readonly message: string
}

export interface ShopOptions {
  readonly pool: pg.PoolConfig
  /** With `url`, what it says counts. */
  readonly client: RedisOptions & { readonly url?: string }
  readonly prime?: number | false
  readonly health?: CheckOptions
  readonly probes?: LifecycleOptions['probes']
  readonly shutdown?: LifecycleOptions['shutdown']
  /** What it depends on besides its database and its Redis, made when those are there. */
  readonly others?: (shop: Pick<Shop, 'pool' | 'client'>) => readonly Dependency[]
}

/** A service as its users write it: its orders are in PostgreSQL, and it recommends what Redis remembers. */
export interface Shop {
  readonly app: Express
  readonly lifecycle: Lifecycle
  readonly pool: pg.Pool
  readonly client: Redis
  readonly log: readonly LogLine[]
  /** Open once `open` has been called. */
  readonly server: Server
  /** Opens the port and starts the lifecycle; the warm-up goes on behind it. */
  open(): Promise<Server>
  /** Opens it, and resolves when it is ready and both of its servers are known to be well. */
  openWell(): Promise<Server>
  ask(path: string, method?: string): Promise<Answer>
}

/** Checks often enough that a test need not wait, seldom enough that the machine is not busy with them. */
export const QUICK_CHECKS = { interval: 500, timeout: 250, retryInterval: 100 } as const satisfies CheckOptions

export function createShop(options: ShopOptions): Shop {
  const pool = new pg.Pool({ application_name: 'shop', max: 4, min: 2, ...options.pool })
  const { url, ...clientOptions } = options.client
  const redisOptions: RedisOptions = {
    connectionName: 'shop',
    lazyConnect: true,
    retryStrategy: () => 100,
    maxRetriesPerRequest: 1,
    ...clientOptions,
  }
  const client = url === undefined ? new Redis(redisOptions) : new Redis(url, redisOptions)
  const log: LogLine[] = []
  const lifecycle: Lifecycle = createLifecycle<string>({
    service: { name: 'shop' },
    dependencies: [
      postgres(pool, { prime: options.prime ?? 2 }),
      redis(client, { critical: false }),
      ...(options.others?.({ pool, client }) ?? []),
    ],
    health: { ...QUICK_CHECKS, ...options.health },
    probes: { details: 'full', ...options.probes },
    warmUp: { retry: { initial: 50, max: 200 } },
    shutdown: { gracePeriod: '20s', lameDuck: false, linger: 20, exit: false, ...options.shutdown },
    logger: recordTo(log),
  })

  const app = express()
  app.use(tidegate(lifecycle))
  app.get('/orders', async (_request, response) => {
    const { rows } = await pool.query('SELECT 42 AS orders')
    response.json(rows[0])
  })
  app.get('/recommend', requires(lifecycle, 'redis'), async (_request, response) => {
    response.json({ recommended: await client.get('recommended') })
  })

  let server: Server | undefined
  const open = async (): Promise<Server> => {
    server = await lifecycle.listen(app, 0, '127.0.0.1')
    return server
  }
  const opened = (): Server => {
    if (server === undefined) throw new Error('the shop is not open yet')
    return server
  }
  return {
    app,
    lifecycle,
    pool,
    client,
    log,
    get server() {
      return opened()
    },
    open,
    async openWell() {
      const redisIsWell = nextStatus(lifecycle, 'redis', 'pass')
      const [opening] = await Promise.all([open(), redisIsWell, lifecycle.whenReady()])
      return opening
    },
    ask: (path, method) => ask(opened(), path, method),
  }
}

function recordTo(log: LogLine[]): NonNullable<Exclude<LifecycleOptions['logger'], false>> {
  const record =
    (level: string) =>
    (fields: object, message: string): void => {
      log.push({ level, fields, message })
    }
  return { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') }
}
