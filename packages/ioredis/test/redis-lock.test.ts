import type { Lock, LockContext, LockLease, LockWait } from '@tidegate/core'
import { createStepContext } from '@tidegate/testing'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { redisLock } from '../src/index.ts'
import type { RedisLockOptions } from '../src/index.ts'
import { askLock } from '../src/lock-script.ts'
import type { LockQuestion } from '../src/lock-script.ts'
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

async function acquire(lock: Lock, context: LockContext = createStepContext(), name = 'catalog'): Promise<LockLease> {
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
/** When one that waits is no longer waited for. */
async function heardUntil(index = 0): Promise<number> {
  const [, end] = await server.admin.zrange(`${KEYS}:heard`, index, index, 'WITHSCORES')
  return Number(end)
}
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

test('a shorter lease does not shorten what is kept of a longer one', async () => {
  await acquire(lockOf({ holders: 2, lease: '5m' }))
  await acquire(lockOf({ holders: 2, lease: '1s' }))

  expect(await server.admin.pttl(`${KEYS}:holders`)).toBeGreaterThan(5 * 60_000)
})

describe('when Redis has not answered for a whole lease', () => {
  const warnings = ({ lines }: { lines: readonly { level: string; message: string }[] }): string[] =>
    lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
  const passed = 'the lock bounds nobody until Redis answers again: Redis has not answered it for 1000 ms'

  test('it bounds nobody any more, and says so once', async () => {
    await server.kill()
    const lock = lockOf({ lease: '1s' })
    const context = createStepContext()
    const waits: LockWait[] = []
    const begun = performance.now()
    const one = await acquire(lock, { ...context, onWait: (wait: LockWait) => waits.push(wait) })
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_000)
    const two = await acquire(lock, context)

    expect(warnings(context)).toEqual(['the lock cannot be asked for; trying until it can', passed])
    expect(waits[0]).toEqual({ error: expect.stringMatching(/ECONNREFUSED|closed/) })
    expect([one.lost.aborted, two.lost.aborted]).toEqual([false, false])
    await Promise.all([one.release(), two.release()])
  })

  test('it bounds again as soon as Redis answers, and says so in the next outage', async () => {
    await server.kill()
    const lock = lockOf({ lease: '1s' })
    const context = createStepContext()
    await acquire(lock, context)
    await server.start()

    await until(async () => {
      const held = await acquire(lock, context)
      const holding = await server.admin.zcard(`${KEYS}:holders`)
      await held.release()
      expect(holding).toBe(1)
    })
    await server.kill()
    await acquire(lock, context)
    expect(warnings(context).filter((message) => message === passed)).toHaveLength(2)
  })

  test('a frozen one, too, for which whoever asks next waits no whole lease', async () => {
    const lock = lockOf({ lease: '4s' })
    await server.freeze()
    await acquire(lock)
    const begun = performance.now()
    await acquire(lock)

    expect(performance.now() - begun).toBeLessThan(4_000)
    await server.thaw()
  })

  test('also one whose attempts are shorter than that', async () => {
    await server.kill()
    const lock = lockOf({ lease: '2s' })
    let attempts = 0
    let lease: LockLease | undefined
    while (lease === undefined) {
      attempts += 1
      lease = await acquire(lock, createStepContext({ signal: AbortSignal.timeout(500) })).catch(() => undefined)
    }

    expect(attempts).toBeGreaterThan(2)
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
    await server.freeze()
    const latest = Date.now() + ms

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
  test('says so once, and what is before it each time that changes', async () => {
    const holder = await acquire(lockOf({ holders: 2 }))
    await acquire(lockOf({ holders: 2 }))
    const waits: LockWait[] = []
    const context = createStepContext()
    const claim = acquire(lockOf(), { ...context, onWait: (wait: LockWait) => waits.push(wait) })
    await untilQueued(1)
    await until(async () => expect(waits).toEqual([{ before: 2 }]))
    const heard = await heardUntil()
    await until(async () => expect(await heardUntil()).toBeGreaterThan(heard))
    await holder.release()
    await until(() => expect(waits).toEqual([{ before: 2 }, { before: 1 }]))
    await leases[1]?.release()

    await claim
    expect(context.lines).toEqual([
      { level: 'info', fields: { lock: 'catalog', before: 2 }, message: 'waiting for the lock' },
    ])
  })

  test('keeps its place for a lease when the signal aborts, and the next call goes on from there', async () => {
    const first = await acquire(lockOf({ lease: '8s' }))
    const second = lockOf({ lease: '8s' })
    const waiting = new AbortController()
    const reason = new Error('enough')
    const given = acquire(second, createStepContext({ signal: waiting.signal }))
    await untilQueued(1)
    const order: string[] = []
    const take = async (lock: Lock, who: string): Promise<void> => {
      const lease = await acquire(lock)
      order.push(who)
      await lease.release()
    }
    const third = take(lockOf({ lease: '8s' }), 'third')
    await untilQueued(2)
    const [seconds] = await server.admin.time()

    waiting.abort(reason)
    await expect(given).rejects.toBe(reason)
    expect(await server.admin.zcard(`${KEYS}:queue`)).toBe(2)
    expect(await heardUntil(-1)).toBeGreaterThanOrEqual((Number(seconds) + 8) * 1_000)
    const again = take(second, 'second')
    await first.release()
    await Promise.all([again, third])

    expect(order).toEqual(['second', 'third'])
    expect(await server.admin.keys('*')).toEqual([])
  })

  test('gives its place up with leave, and the others go on at once', async () => {
    const first = await acquire(lockOf({ lease: '10m' }))
    const lock = lockOf({ lease: '10m' })
    const waiting = new AbortController()
    const given = acquire(lock, createStepContext({ signal: waiting.signal }))
    await untilQueued(1)
    waiting.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    const other = acquire(lockOf({ lease: '8s' }))
    await untilQueued(2)
    await lock.leave?.('prices')
    expect(await server.admin.zcard(`${KEYS}:queue`)).toBe(2)

    await lock.leave?.('catalog')
    await first.release()

    await other
    await lock.leave?.('catalog')
  })

  test('that was given a place as it gave up is the first in the queue', async () => {
    const ask = (claim: string, step: LockQuestion['step']): Promise<unknown> =>
      askLock(server.admin, { step, prefix: KEYS, claim, holders: 1, lease: 60_000, patience: 60_000 })
    await ask('one', 'ask')
    expect(await ask('two', 'ask')).toEqual({ held: false, before: 1 })
    await ask('one', 'park')

    expect(await server.admin.zrange(`${KEYS}:holders`, 0, -1)).toEqual([])
    expect(await ask('two', 'ask')).toEqual({ held: false, before: 1 })
    expect(await ask('one', 'ask')).toEqual({ held: true, before: 0 })
    await ask('never asked', 'park')
    expect(await server.admin.zrange(`${KEYS}:queue`, 0, -1)).toEqual(['two'])
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
        const lock = lockOf()
        const claim = lock.acquire('catalog', createStepContext({ signal: waiting.signal }))
        const outcome = claim.then(
          (lease) => lease.release(),
          (error: unknown) => expect(error).toBe(waiting.signal.reason),
        )
        for (let passed = 0; passed < turns; passed++) await turn()
        waiting.abort(new Error('enough'))
        await outcome
        expect(await server.admin.zcard(`${KEYS}:holders`)).toBe(0)
        await lock.leave?.('catalog')
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

  test("with whenUnavailable 'wait' goes on trying while Redis is not there, says so once, and gets it when Redis is back", async () => {
    await server.kill()
    const context = createStepContext()
    const client = server.client()
    const duplicate = vi.spyOn(client, 'duplicate')
    const claim = acquire(redisLock(client, { lease: '1s', whenUnavailable: 'wait' }), context)
    await until(() => expect(duplicate.mock.calls.length).toBeGreaterThan(5))
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
  const options = {
    holders: 0,
    lease: '10ms',
    prefix: 'a b',
    ttl: 5,
    whenUnavailable: 'fail',
  } as unknown as RedisLockOptions
  const run = (): unknown => redisLock(new Redis({ lazyConnect: true }), options)
  for (const part of [
    'options.holders is 0',
    'options.lease',
    'options.prefix',
    "options.whenUnavailable is \"fail\", and must be 'pass' or 'wait'",
    'options.ttl is not an option',
  ]) {
    expect(run).toThrow(part)
  }
  expect(() => redisLock(undefined as unknown as Redis)).toThrow('redisLock(new Redis())')
})
