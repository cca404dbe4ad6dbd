import type { Lock, LockLease } from '@tidegate/core'
import { createStepContext } from '@tidegate/testing'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { redisLock } from '../src/index.ts'
import type { RedisLockOptions } from '../src/index.ts'
import { AMPLE, useRealServer } from './real-server.ts'

const server = useRealServer()
const KEYS = 'tidegate:{catalog}:lock'

const leases: LockLease[] = []
afterEach(async () => {
  await server.start()
  await server.thaw()
  await Promise.all(leases.splice(0).map((lease) => lease.release()))
  await server.admin.flushall()
})

/** As another process has it: with a client of its own. */
const lockOf = (options?: RedisLockOptions): Lock => redisLock(server.client(), { lease: '2s', ...options })

async function acquire(lock: Lock, context = createStepContext(), name = 'catalog'): Promise<LockLease> {
  const lease = await lock.acquire(name, context)
  leases.push(lease)
  return lease
}

async function until(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: AMPLE, interval: 10 })
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const untilQueued = (count: number): Promise<void> =>
  until(async () => expect(await server.admin.zcard(`${KEYS}:queue`)).toBe(count))
const lostOf = (lease: LockLease): Promise<unknown> =>
  new Promise((resolve) => lease.lost.addEventListener('abort', () => resolve(lease.lost.reason), { once: true }))
/** By the clock that the server has, too. */
async function endOf(index = 0): Promise<number> {
  const [, end] = await server.admin.zrange(`${KEYS}:holders`, index, index, 'WITHSCORES')
  return Number(end)
}

describe('a name', () => {
  test('is held by no more than so many at once, however many want it, and by each of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 25 }),
        async (holders, turns) => {
          let holding = 0
          let most = 0
          const claims = turns.map(async (count) => {
            const lease = await lockOf({ holders, lease: '5s' }).acquire('catalog', createStepContext())
            most = Math.max(most, (holding += 1))
            for (let passed = 0; passed < count; passed++) await turn()
            expect(lease.lost.aborted).toBe(false)
            holding -= 1
            await lease.release()
          })
          await Promise.all(claims)
          expect(most).toBeLessThanOrEqual(holders)
          expect(await server.admin.keys('*')).toEqual([])
        },
      ),
      { numRuns: 6, examples: [[2, Array.from({ length: 25 }, () => 5)]] },
    )
  })

  test('goes to those who wait in the order in which they came', async () => {
    const first = await acquire(lockOf({ lease: '8s' }))
    const order: number[] = []
    const waiting: Promise<void>[] = []
    for (let index = 0; index < 5; index++) {
      const claim = acquire(lockOf({ lease: '8s' }))
      waiting.push(
        claim.then(async (lease) => {
          order.push(index)
          await lease.release()
        }),
      )
      await untilQueued(index + 1)
    }

    await first.release()
    await Promise.all(waiting)

    expect(order).toEqual([0, 1, 2, 3, 4])
  })

  test('has room of its own, as has every prefix', async () => {
    await acquire(lockOf())
    await acquire(lockOf(), createStepContext(), 'prices')
    await acquire(lockOf({ prefix: 'billing' }))

    expect((await server.admin.keys('*:holders')).toSorted()).toEqual([
      'billing:{catalog}:lock:holders',
      'tidegate:{catalog}:lock:holders',
      'tidegate:{prices}:lock:holders',
    ])
  })

  test('is free again when a holder that is gone has had its lease, and not before', async () => {
    const [seconds] = await server.admin.time()
    const end = (Number(seconds) + 2) * 1_000
    await server.admin.zadd(`${KEYS}:holders`, end, 'gone')

    await acquire(lockOf())

    expect(Date.now()).toBeGreaterThanOrEqual(end)
  })

  test('does not wait for ever for who was waiting and is gone', async () => {
    await server.admin.zadd(`${KEYS}:queue`, 1, 'gone')
    const [seconds] = await server.admin.time()
    await server.admin.zadd(`${KEYS}:heard`, (Number(seconds) + 1) * 1_000, 'gone')

    await acquire(lockOf())

    expect(await server.admin.zrange(`${KEYS}:queue`, 0, -1)).toEqual([])
  })
})

describe('a holder', () => {
  test('keeps it for longer than a lease, and is heard of', async () => {
    const lease = await acquire(lockOf())
    const end = await endOf()
    await until(async () => expect(await endOf()).toBeGreaterThan(end + 2_500))

    expect(lease.lost.aborted).toBe(false)
  })

  test('on a frozen server is told that it is lost before the server would give it away', async () => {
    const ms = 8_000
    const lease = await acquire(lockOf({ lease: ms }))
    const lost = lostOf(lease)
    const end = await endOf()
    await server.freeze()
    // What the server had begun to do when it was frozen counts from then.
    const latest = Math.max(end, Date.now() + ms)

    expect(await lost).toMatchObject({ message: 'the lock "catalog" was lost: Redis did not answer in time' })
    expect(Date.now()).toBeLessThan(latest)
    await lease.release()
    await server.thaw()

    await acquire(lockOf())
  })

  test('keeps it while Redis is restarted', async () => {
    const lease = await acquire(lockOf({ lease: '10s' }))
    const end = await endOf()
    await server.kill()
    await server.start()

    await until(async () => expect(await endOf()).toBeGreaterThan(end))
    expect(lease.lost.aborted).toBe(false)
  })

  test('is told that it is lost when Redis has lost its data', async () => {
    const lease = await acquire(lockOf())
    const lost = lostOf(lease)

    await server.admin.flushall()

    expect(await lost).toMatchObject({ message: 'the lock "catalog" was lost: Redis no longer knows of it' })
  })

  test('may let go of it as often as it likes, lost or not', async () => {
    const lease = await acquire(lockOf())
    await Promise.all([lease.release(), lease.release()])
    const other = await acquire(lockOf())
    await server.kill()
    await lostOf(other)

    await expect(Promise.all([other.release(), other.release()])).resolves.toBeDefined()
  })

  test('that lets go of it leaves nothing', async () => {
    const lease = await acquire(lockOf())
    await lease.release()

    expect(await server.admin.keys('*')).toEqual([])
    expect(lease.lost.aborted).toBe(false)
  })

  test('that is gone leaves keys that end by themselves', async () => {
    await acquire(lockOf())
    const waiting = new AbortController()
    const claim = acquire(lockOf(), createStepContext({ signal: waiting.signal }))
    await untilQueued(1)
    for (const key of await server.admin.keys('*')) expect(await server.admin.pttl(key)).toBeGreaterThan(0)

    waiting.abort(new Error('enough'))
    await expect(claim).rejects.toThrow('enough')
  })
})

describe('whoever waits', () => {
  test('says so once, and leaves the queue when the signal aborts', async () => {
    await acquire(lockOf())
    const waiting = new AbortController()
    const context = createStepContext({ signal: waiting.signal })
    const claim = acquire(lockOf(), context)
    await untilQueued(1)
    const heard = await server.admin.zscore(
      `${KEYS}:heard`,
      (await server.admin.zrange(`${KEYS}:heard`, 0, 0))[0] ?? '',
    )
    await until(async () => {
      const [one] = await server.admin.zrange(`${KEYS}:heard`, 0, 0)
      expect(Number(await server.admin.zscore(`${KEYS}:heard`, one ?? ''))).toBeGreaterThan(Number(heard))
    })

    const reason = new Error('enough')
    waiting.abort(reason)

    await expect(claim).rejects.toBe(reason)
    expect(await server.admin.zcard(`${KEYS}:queue`)).toBe(0)
    expect(context.lines).toEqual([
      { level: 'info', fields: { lock: 'catalog', before: 1 }, message: 'waiting for the lock' },
    ])
  })

  test('is refused at once with a signal that has aborted, and opens nothing', async () => {
    const reason = new Error('too late')
    const before = await server.counts()

    await expect(acquire(lockOf(), createStepContext({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)

    expect(await server.counts()).toEqual(before)
  })

  test('holds nothing when the signal aborts, whenever that is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 12 }), async (turns) => {
        const waiting = new AbortController()
        const claim = lockOf().acquire('catalog', createStepContext({ signal: waiting.signal }))
        const outcome = claim.then(
          (lease) => lease.release(),
          (error: unknown) => expect(error).toBe(waiting.signal.reason),
        )
        for (let passed = 0; passed < turns; passed++) await turn()
        waiting.abort(new Error('enough'))
        await outcome
        expect(await server.admin.keys('*')).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('on a frozen server is let go when the signal aborts, and holds nothing when it goes on', async () => {
    const lock = lockOf()
    await server.freeze()
    const waiting = new AbortController()
    const claim = acquire(lock, createStepContext({ signal: waiting.signal }))
    await turn()
    waiting.abort(new Error('enough'))

    await expect(claim).rejects.toThrow('enough')
    await server.thaw()

    await acquire(lockOf())
  })

  test('goes on trying while Redis is not there, says so once, and gets it when Redis is back', async () => {
    await server.kill()
    const context = createStepContext()
    const client = server.client()
    const duplicate = vi.spyOn(client, 'duplicate')
    const claim = acquire(redisLock(client, { lease: '1s' }), context)
    await until(() => expect(duplicate.mock.calls.length).toBeGreaterThan(3))
    await server.start()

    await claim
    expect(context.lines).toEqual([
      {
        level: 'warn',
        fields: { lock: 'catalog', error: expect.stringMatching(/ECONNREFUSED|closed/) },
        message: 'the lock cannot be asked for; trying until it can',
      },
    ])
  })

  test('is told why Redis refuses it', async () => {
    await server.admin.acl('SETUSER', 'guest', 'on', '>sesame', '~*', '+ping')
    const lock = redisLock(server.client({ username: 'guest', password: 'sesame' }))
    const waiting = new AbortController()
    const context = createStepContext({ signal: waiting.signal })
    const claim = acquire(lock, context)
    await until(() => expect(context.lines).toHaveLength(1))
    waiting.abort(new Error('enough'))

    await expect(claim).rejects.toThrow('enough')
    expect(context.lines).toMatchObject([
      { fields: { error: expect.stringMatching(/^the server refuses the script of the lock: NOPERM/) } },
    ])
    expect(JSON.stringify(context.lines)).not.toContain('sesame')
  })
})

test('one connection is open while something is held or waited for, and none else', async () => {
  const client = server.client()
  const lock = redisLock(client, { lease: '2s' })
  expect(await server.connectionNames()).toEqual([''])
  const names = (): Promise<string[]> => server.connectionNames()

  const [one, two] = await Promise.all([acquire(lock), acquire(lock, createStepContext(), 'prices')])
  await until(async () => expect(await names()).toEqual(['', 'tidegate-lock']))
  await one.release()
  expect(await names()).toEqual(['', 'tidegate-lock'])
  await two.release()
  await until(async () => expect(await names()).toEqual(['']))

  await (await acquire(lock)).release()
  await until(async () => expect(await names()).toEqual(['']))
  expect(client.status).toBe('wait')
})

test('what cannot work is refused, with every fault', () => {
  const options = { holders: 0, lease: '10ms', prefix: 'a b', ttl: 5 } as unknown as RedisLockOptions
  const run = (): unknown => redisLock(new Redis({ lazyConnect: true }), options)
  for (const part of ['options.holders is 0', 'options.lease', 'options.prefix', 'options.ttl is not an option']) {
    expect(run).toThrow(part)
  }
  expect(() => redisLock(undefined as unknown as Redis)).toThrow('redisLock(new Redis())')
})
