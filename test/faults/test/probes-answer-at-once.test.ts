import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createNetServer } from 'node:net'

import { describe, expect, it } from 'vitest'

import { ask } from './support/ask.ts'
import { useBackends } from './support/backends.ts'
import { nextEvent, nextStatus } from './support/events.ts'
import { recordAnswers } from './support/record-answers.ts'
import type { Delivery } from './support/record-answers.ts'
import type { Shop } from './support/shop.ts'

const backends = useBackends()

/** Every probe there is, in every form that probers use, with what decides its status. */
const PROBES = [
  ['GET', '/livez', 'live'],
  ['GET', '/readyz', 'ready'],
  ['GET', '/startupz', 'startup'],
  ['GET', '/healthz', 'health'],
  ['GET', '/healthz/postgres', 'postgres'],
  ['GET', '/healthz/redis', 'redis'],
  ['GET', '/healthz/nobody', 'unknown'],
  ['GET', '/livez?from=kubelet', 'live'],
  ['GET', '/healthz/postgres/?verbose', 'postgres'],
  ['GET', '/readyz/', 'ready'],
  ['HEAD', '/healthz', 'health'],
  ['HEAD', '/healthz/nobody', 'unknown'],
  ['OPTIONS', '/startupz', 'startup'],
  ['OPTIONS', '/readyz/redis', 'redis'],
] as const

type Verdicts = Record<Exclude<(typeof PROBES)[number][2], 'unknown'>, number>

const WELL: Verdicts = { live: 200, ready: 200, startup: 200, health: 200, postgres: 200, redis: 200 }
const COLD: Verdicts = { live: 200, ready: 503, startup: 503, health: 503, postgres: 503, redis: 503 }

/** Sends every probe through `door`, and says how each was answered by the server behind it. */
async function probe(shop: Shop, server: Server, door: Parameters<typeof ask>[0] = server): Promise<Delivery[]> {
  const deliveries = recordAnswers(server)
  const { phase } = shop.lifecycle
  for (const [method, url] of PROBES) {
    const { status } = await ask(door, url, method)
    expect(status, `what ${method} ${url} was sent`).toBe(deliveries.at(-1)?.status)
  }
  expect(shop.lifecycle.phase, 'the phase did not change meanwhile').toBe(phase)
  return deliveries
}

function answeredAtOnce(verdicts: Verdicts): Delivery[] {
  return PROBES.map(([method, url, kind]) => ({
    method,
    url,
    status: kind === 'unknown' ? 404 : verdicts[kind],
    ended: true,
  }))
}

describe('every probe has ended its response before the call that delivered it returns', () => {
  it('while idle', async () => {
    const shop = backends.shop()
    const server = shop.lifecycle.attach(createServer(shop.app))
    // The attached server itself must not listen, or the lifecycle would start.
    const door = createNetServer((socket) => server.emit('connection', socket)).listen(0, '127.0.0.1')
    await once(door, 'listening')
    const deliveries = await probe(shop, server, door)
    door.close()

    expect(shop.lifecycle.phase).toBe('idle')
    expect(deliveries).toEqual(answeredAtOnce(COLD))
  })

  it('while warming, on a PostgreSQL that is frozen', async () => {
    await backends.postgres.freeze()
    const shop = backends.shop()
    const redisIsWell = nextStatus(shop.lifecycle, 'redis', 'pass')
    const server = await shop.open()
    await redisIsWell

    expect(shop.lifecycle.phase).toBe('warming')
    expect(await probe(shop, server)).toEqual(answeredAtOnce({ ...COLD, redis: 200 }))
  })

  it('while ready', async () => {
    const shop = backends.shop()
    const server = await shop.openWell()

    expect(await probe(shop, server)).toEqual(answeredAtOnce(WELL))
    // An answer that needs the database has not ended by then: the watcher can tell.
    const deliveries = recordAnswers(server)
    expect(await shop.ask('/orders')).toMatchObject({ status: 200, json: { orders: 42 } })
    expect(deliveries).toMatchObject([{ url: '/orders', ended: false }])
  })

  it('while a check hangs on a PostgreSQL that is frozen', async () => {
    const shop = backends.shop({ health: { abandonAfter: '1m' } })
    const server = await shop.openWell()
    const failing = nextStatus(shop.lifecycle, 'postgres', 'fail')
    await backends.postgres.freeze()
    await failing

    expect(await probe(shop, server)).toEqual(answeredAtOnce({ ...WELL, health: 503, postgres: 503 }))
  })

  it('while a check hangs on a Redis that is frozen', async () => {
    const shop = backends.shop({ health: { abandonAfter: '1m' } })
    const server = await shop.openWell()
    const failing = nextStatus(shop.lifecycle, 'redis', 'fail')
    await backends.redis.freeze()
    await failing

    expect(await probe(shop, server)).toEqual(answeredAtOnce({ ...WELL, redis: 503 }))
  })

  it('while draining', async () => {
    const shop = backends.shop()
    const server = await shop.openWell()
    const lameDuck = nextEvent(shop.lifecycle, 'drain', ({ step }) => step === 'lame-duck')
    const stopped = shop.lifecycle.shutdown({ lameDuck: '2s' })
    await lameDuck

    expect(shop.lifecycle.phase).toBe('draining')
    expect(await probe(shop, server)).toEqual(answeredAtOnce({ ...WELL, ready: 503, health: 503 }))
    await stopped
  })
})
