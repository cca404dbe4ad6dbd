// Puts orders into the queue: `npm run place 20`.
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'

import { config } from './config.js'
import { QUEUE } from './orders-queue.js'

const count = Number(process.argv[2] ?? 10)
const client = new Redis(config.redisUrl)
const queue = new Queue(QUEUE, { connection: client })
await queue.addBulk(Array.from({ length: count }, () => ({ name: 'order', data: { order: crypto.randomUUID() } })))
await queue.close()
await client.quit()
