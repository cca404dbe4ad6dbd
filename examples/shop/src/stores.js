import { Redis } from 'ioredis'
import pg from 'pg'

import { createCatalogue } from './catalogue.js'
import { config } from './config.js'

/** What the shop keeps its data in. Connects to nothing yet. */
export function createStores() {
  const pool = new pg.Pool({ connectionString: config.databaseUrl, max: 20, min: 10, connectionTimeoutMillis: 5000 })
  // Products are read from PostgreSQL when Redis is down: nobody waits for it for long, and nothing queues up behind it.
  const client = new Redis(config.redisUrl, { commandTimeout: 100, enableOfflineQueue: false, lazyConnect: true })
  return { pool, client, catalogue: createCatalogue(pool) }
}
