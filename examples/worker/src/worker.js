import { createLifecycle } from '@tidegate/core'
import { redis } from '@tidegate/ioredis'
import { Redis } from 'ioredis'

import { config } from './config.js'
import { ordersQueue } from './orders-queue.js'
import { createWarehouse } from './warehouse.js'

// BullMQ wants its commands to wait for Redis however long it is away.
const client = new Redis(config.redisUrl, { maxRetriesPerRequest: null, lazyConnect: true })
const warehouse = createWarehouse(client, config.packingTime)

const lifecycle = createLifecycle({
  service: { name: 'order-worker', version: '1.4.2' },
  dependencies: [redis(client), ordersQueue(client, fulfil)],
  shutdown: { gracePeriod: config.gracePeriod },
})

/**
 * @param {string} order
 * @param {AbortSignal} signal aborts when there is no time left to finish the order
 */
async function fulfil(order, signal) {
  lifecycle.logger.info({ order }, 'packing')
  await warehouse.pack(order, signal)
  lifecycle.logger.info({ order }, 'packed')
  // The job does not wait for the receipt; the process does.
  void lifecycle.waitUntil(warehouse.sendReceipt(order))
}

// Opens no port: connects, takes orders, and handles SIGTERM.
await lifecycle.start()
