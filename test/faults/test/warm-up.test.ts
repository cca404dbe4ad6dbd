import { cache } from '@tidegate/core'
import { describe, expect, it } from 'vitest'

import { useBackends } from './support/backends.ts'
import { nextEvent, nextStatus } from './support/events.ts'
import { createGate } from './support/gate.ts'

const backends = useBackends()

describe('a cold service', () => {
  it('refuses with 503 and Retry-After until it is warm, then serves', async () => {
    const loading = createGate()
    const shop = backends.shop({ others: () => [cache('catalog', { load: () => loading.opened })] })
    const redisIsWell = nextStatus(shop.lifecycle, 'redis', 'pass')
    await shop.open()
    await redisIsWell

    expect(shop.lifecycle.phase).toBe('warming')
    expect(await shop.ask('/orders')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(await shop.ask('/recommend')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(await shop.ask('/readyz')).toMatchObject({ status: 503, json: { reasons: ['warming'] } })
    loading.open()
    await shop.lifecycle.whenReady()
    expect(await shop.ask('/orders')).toMatchObject({ status: 200, json: { orders: 42 } })
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200, json: { recommended: null } })
    expect(await shop.ask('/readyz')).toMatchObject({ status: 200 })
  })

  it('has its connections open before it is ready, as the server sees them, and reads its caches over them', async () => {
    const loading = createGate()
    const shop = backends.shop({
      prime: 3,
      pool: { min: 3 },
      others: ({ pool }) => [
        cache('catalog', {
          dependsOn: ['postgres'],
          async load() {
            await pool.query('SELECT catalog FROM (VALUES (1)) AS products (catalog)')
            await loading.opened
          },
        }),
      ],
    })
    const steps: string[] = []
    shop.lifecycle.on('warmup', ({ dependency, state }) => {
      if (dependency !== 'redis' && state !== 'progress') steps.push(`${dependency} ${state}`)
    })
    const isLoading = nextEvent(shop.lifecycle, 'warmup', ({ dependency }) => dependency === 'catalog')
    const isChecked = nextStatus(shop.lifecycle, 'postgres', 'pass')
    await backends.postgres.forget()
    await shop.open()
    await Promise.all([isLoading, isChecked])

    expect(shop.lifecycle.phase).toBe('warming')
    expect(await backends.postgres.connections()).toEqual(['shop', 'shop', 'shop', 'shop tidegate-check'])
    loading.open()
    await shop.lifecycle.whenReady()
    expect(steps).toEqual(['postgres started', 'postgres done', 'catalog started', 'catalog done'])
    const { connections, statements } = await backends.postgres.record()
    expect(connections.filter((name) => name === 'shop')).toHaveLength(3)
    const texts = statements.filter(({ application }) => application === 'shop').map(({ text }) => text)
    expect(texts).toEqual(['SELECT 1', 'SELECT 1', 'SELECT 1', expect.stringContaining('FROM (VALUES')])
  })

  it('goes on trying while PostgreSQL is down, and is ready when it comes', async () => {
    await backends.postgres.kill()
    const shop = backends.shop()
    const thirdAttempt = nextEvent(
      shop.lifecycle,
      'warmup',
      ({ dependency, state, attempt }) => dependency === 'postgres' && state === 'failed' && attempt === 3,
    )
    await shop.open()

    const { error = '' } = await thirdAttempt
    expect(error.match(/ECONNREFUSED/g), 'why, said once').toHaveLength(1)
    expect(shop.lifecycle.phase).toBe('warming')
    expect(await shop.ask('/orders')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(await shop.ask('/startupz')).toMatchObject({
      status: 503,
      json: { warmUp: { completed: false, pending: { postgres: { error: expect.stringContaining('ECONNREFUSED') } } } },
    })
    expect(await shop.ask('/livez')).toMatchObject({ status: 200 })
    await backends.postgres.start()
    await shop.lifecycle.whenReady()
    expect(await shop.ask('/orders')).toMatchObject({ status: 200, json: { orders: 42 } })
  })

  it('goes on trying while PostgreSQL is frozen, and is ready when it goes on', async () => {
    const shop = backends.shop({ pool: { connectionTimeoutMillis: 500 } })
    await backends.postgres.freeze()
    const failed = nextEvent(
      shop.lifecycle,
      'warmup',
      ({ dependency, state }) => dependency === 'postgres' && state === 'failed',
    )
    await shop.open()
    await failed
    await backends.postgres.thaw()
    await shop.lifecycle.whenReady()

    expect(await shop.ask('/orders')).toMatchObject({ status: 200, json: { orders: 42 } })
    await backends.postgres.untilConnections(['shop', 'shop', 'shop tidegate-check'])
  })

  it('is ready without a Redis that it can do without, and takes it when it comes', async () => {
    await backends.redis.kill()
    const shop = backends.shop()
    await shop.open()
    await shop.lifecycle.whenReady()

    expect(await shop.ask('/healthz')).toMatchObject({ status: 200, json: { status: 'warn' } })
    expect(await shop.ask('/recommend')).toMatchObject({ status: 503, json: { dependencies: ['redis'] } })
    const well = nextStatus(shop.lifecycle, 'redis', 'pass')
    await backends.redis.start()
    await well
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200, json: { recommended: null } })
    expect(await shop.ask('/healthz')).toMatchObject({ status: 200, json: { status: 'pass' } })
  })
})
