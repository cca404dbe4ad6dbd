import { createLifecycle } from '@tidegate/core'
import { redis } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import { config, createShop, createStores } from '@tidegate/shop'

import { createApp } from './app.js'

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
})
const app = createApp(lifecycle, createShop(lifecycle, stores))

// Opens the port, warms up behind it, and handles SIGTERM.
const server = await lifecycle.listen(app.callback(), config.port)
lifecycle.logger.info({ address: server.address() }, 'listening')
