import { startRedis } from '@tidegate/services'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { startProgram } from '../../test-support/start-program.ts'
import type { Program } from '../../test-support/start-program.ts'
import { QUEUE } from '../src/orders-queue.js'

const LIMIT_MS = 60_000

describe('the worker', { timeout: LIMIT_MS }, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let client: Redis
  let queue: Queue
  const workers: Program[] = []

  beforeAll(async () => {
    redis = await startRedis()
    client = new Redis(redis.url)
    queue = new Queue(QUEUE, { connection: client })
    // One of the tests takes Redis away.
    for (const one of [client, queue]) one.on('error', () => {})
  }, LIMIT_MS)

  beforeEach(async () => client.flushall())

  afterEach(async () => {
    for (const worker of workers) worker.kill()
    await Promise.all(workers.splice(0).map(async (worker) => worker.exited))
  })

  afterAll(async () => {
    await queue.close()
    client.disconnect()
    await redis.close()
  }, LIMIT_MS)

  function startWorker(env: NodeJS.ProcessEnv = {}): Program {
    const file = new URL('../src/worker.js', import.meta.url)
    const worker = startProgram(file, { ...process.env, REDIS_URL: redis.url, ...env })
    workers.push(worker)
    return worker
  }

  async function place(...orders: string[]): Promise<void> {
    await queue.addBulk(orders.map((order) => ({ name: 'order', data: { order } })))
  }

  it('finishes on SIGTERM what it has begun, and leaves the rest to the next worker: each order is packed once', async () => {
    await place('one', 'two', 'three', 'four')
    const first = startWorker({ PACKING_TIME: '3000' })
    await expect.poll(async () => queue.getJobCountByTypes('active'), { timeout: 30_000 }).toBe(2)
    first.terminate()

    expect(await first.exited).toBe(0)
    expect(await client.hgetall('parcels')).toEqual({ one: '1', two: '1' })
    expect(await client.hgetall('receipts')).toEqual({ one: '1', two: '1' })
    expect(await queue.getJobCounts('active', 'waiting', 'completed')).toEqual({ active: 0, waiting: 2, completed: 2 })
    expect(await first.logged('stopped')).toMatchObject({
      reason: 'SIGTERM',
      steps: [
        { step: 'drain', name: 'orders-queue', outcome: 'done' },
        { step: 'drain', name: 'waitUntil', outcome: 'done' },
        { step: 'close', name: 'orders-queue', outcome: 'done' },
        { step: 'close', name: 'redis', outcome: 'done' },
      ],
    })

    const second = startWorker({ PACKING_TIME: '1' })
    await expect.poll(async () => queue.getCompletedCount(), { timeout: 30_000 }).toBe(4)
    second.terminate()
    expect(await second.exited).toBe(0)
    const once = { one: '1', two: '1', three: '1', four: '1' }
    expect(await client.hgetall('parcels')).toEqual(once)
    expect(await client.hgetall('receipts')).toEqual(once)
    const jobs = await queue.getCompleted()
    expect(jobs.map(({ attemptsStarted }) => attemptsStarted)).toEqual([1, 1, 1, 1])
  })

  it('gives back an order that it has no time to finish, and says so by its exit code', async () => {
    await place('endless')
    const first = startWorker({ PACKING_TIME: '600000', GRACE_PERIOD: '3s' })
    await first.logged('packing')
    first.terminate()

    expect(await first.exited).toBe(1)
    expect(await queue.getJobCounts('active', 'waiting', 'failed')).toEqual({ active: 0, waiting: 1, failed: 0 })

    const second = startWorker({ PACKING_TIME: '1' })
    await expect.poll(async () => queue.getCompletedCount(), { timeout: 30_000 }).toBe(1)
    second.terminate()
    expect(await second.exited).toBe(0)
    expect(await client.hgetall('parcels')).toEqual({ endless: '1' })
  })

  it('takes its first order when Redis is there', async () => {
    await place('early')
    await redis.kill()
    const worker = startWorker({ PACKING_TIME: '1' })
    await worker.logged('warm-up of redis started')
    await redis.start()
    await worker.logged('packed')
    worker.terminate()
    expect(await worker.exited).toBe(0)
  })
})
