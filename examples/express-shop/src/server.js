import { createLifecycle } from '@tidegate/core'
import { redis } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import { Redis } from 'ioredis'
import pg from 'pg'

import { createApp } from './app.js'
import { createCatalogue } from './catalogue.js'
import { config } from './config.js'

const pool = new pg.Pool({ connectionString: config.databaseUrl, max: 20, min: 10, connectionTimeoutMillis: 5000 })
// Products are read from PostgreSQL when Redis is down: nobody waits for it for long, and nothing queues up behind it.
const client = new Redis(config.redisUrl, { commandTimeout: 100, enableOfflineQueue: false, lazyConnect: true })
const catalogue = createCatalogue(pool)

const lifecycle = createLifecycle({
  service: { name: 'shop', version: '1.4.2' },
  dependencies: [
    postgres(pool, { prime: 10 }), // critical: without it the shop is down
    redis(client, { critical: false }), // without it the shop is slower, and has no recommendations
    catalogue,
  ],
  health: { interval: config.checkInterval },
  shutdown: { gracePeriod: config.gracePeriod, lameDuck: config.lameDuck },
})

// Opens the port, warms up behind it, and handles SIGTERM.
const server = await lifecycle.listen(createApp({ lifecycle, pool, client, catalogue }), config.port)
lifecycle.logger.info({ address: server.address() }, 'listening')
