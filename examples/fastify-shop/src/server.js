import { createLifecycle } from '@tidegate/core'
import { tidegate } from '@tidegate/fastify'
import { redis } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import { config, createShop, createStores } from '@tidegate/shop'
import { fastify, LogController } from 'fastify'

import { routes } from './routes.js'

const app = fastify({ logger: true, logController: new LogController({ disableRequestLogging: true }) })
const stores = createStores()
const lifecycle = createLifecycle({
  service: { name: 'shop', version: '1.4.2' },
  dependencies: [
    postgres(stores.pool, { prime: 10 }), // critical: without it the shop is down
    redis(stores.client, { critical: false }), // without it the shop is slower, and has no recommendations
    stores.catalogue, // loaded before the shop is ready
  ],
  health: { interval: config.checkInterval },
  shutdown: { gracePeriod: config.gracePeriod, lameDuck: config.lameDuck },
  logger: app.log,
})

await app.register(tidegate, { lifecycle }) // on the root app, before everything else
await app.register(routes, { shop: createShop(lifecycle, stores) })

// The lifecycle starts with it: the warm-up goes on behind the open port, and SIGTERM drains before the app closes.
await app.listen({ port: config.port, host: '0.0.0.0' })
app.log.info({ address: app.server.address() }, 'listening')
