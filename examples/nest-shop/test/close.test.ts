import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { NestExpressApplication } from '@nestjs/platform-express'
import type { DrainRecord } from '@tidegate/core'
import { startPostgres, startRedis } from '@tidegate/services'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { createApp } from '../src/create-app.ts'
import { LIFECYCLE } from '../src/lifecycle.ts'
import type { ShopLifecycle } from '../src/lifecycle.ts'
import { ProductsService } from '../src/products.service.ts'

const LIMIT_MS = 60_000
const SCHEMA = new URL('../schema.sql', import.meta.url)

interface Shop {
  readonly app: NestExpressApplication
  readonly lifecycle: ShopLifecycle
  /** What has happened, in order. */
  readonly told: string[]
  /** Asks for what takes longest, and comes back as soon as it is in flight. */
  askSlowly(): Promise<{ answer: Promise<unknown> }>
}

/** As in a test suite: the app in the same process, closed by whoever made it. */
describe('app.close()', { timeout: LIMIT_MS }, () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let redis: Awaited<ReturnType<typeof startRedis>>

  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    const pool = new Pool({ connectionString: postgres.url })
    await pool.query(await readFile(SCHEMA, 'utf8'))
    await pool.end()
    vi.stubEnv('DATABASE_URL', postgres.url)
    vi.stubEnv('REDIS_URL', redis.url)
  }, LIMIT_MS)

  // The lifecycle's log.
  beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true))

  afterAll(async () => {
    vi.unstubAllEnvs()
    await Promise.all([postgres.close(), redis.close()])
  }, LIMIT_MS)

  async function createShop(): Promise<Shop> {
    const app = await createApp()
    const lifecycle = app.get<ShopLifecycle>(LIFECYCLE)
    const told: string[] = []
    const tell = (what: string) => async (): Promise<void> => void told.push(what)
    Object.assign(app.get(ProductsService), {
      onModuleDestroy: tell('onModuleDestroy'),
      beforeApplicationShutdown: tell('beforeApplicationShutdown'),
      onApplicationShutdown: tell('onApplicationShutdown'),
    })
    const pool = app.get(Pool)
    const end = pool.end.bind(pool)
    pool.end = async () => {
      told.push('pool ended')
      await end()
    }
    return {
      app,
      lifecycle,
      told,
      async askSlowly() {
        const server = app.getHttpServer()
        const begun = once(server, 'request').then(([, response]: unknown[]) => {
          ;(response as ServerResponse).on('finish', () => told.push('answered'))
        })
        const { port } = server.address() as AddressInfo
        const answer = fetch(`http://127.0.0.1:${port}/products/7/stock`).then(async (response) => response.json())
        await begun
        return { answer }
      },
    }
  }

  async function openShop(): Promise<Shop> {
    const shop = await createShop()
    await shop.app.listen(0, '127.0.0.1')
    await shop.lifecycle.whenReady()
    return shop
  }

  /** What every way of closing comes to: had one step waited for another for good, it would have overrun. */
  async function expectClosed({ app, lifecycle }: Shop): Promise<DrainRecord> {
    const record = await lifecycle.shutdown()
    expect(record.steps.filter(({ outcome }) => outcome !== 'done')).toEqual([])
    expect(record.requests.cut).toBe(0)
    expect(app.getHttpServer().listening).toBe(false)
    expect(app.get(Pool).totalCount).toBe(0)
    return record
  }

  const NEST_HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown']

  it('drains, runs the hooks of Nest, closes the dependencies, and leaves the process alone', async () => {
    const listeners = process.listenerCount('SIGTERM')
    const shop = await openShop()
    const { answer } = await shop.askSlowly()

    await shop.app.close()

    expect(await answer).toEqual({ inStock: 7 })
    expect(shop.told).toEqual(['answered', ...NEST_HOOKS, 'pool ended'])
    expect(await expectClosed(shop)).toMatchObject({ reason: 'Nest was closed', lameDuck: { plannedMs: 0 } })
    expect(process.listenerCount('SIGTERM')).toBe(listeners)
  })

  it('is called by shutdown()', async () => {
    const shop = await openShop()
    const { answer } = await shop.askSlowly()

    await shop.lifecycle.shutdown()

    expect(await answer).toEqual({ inStock: 7 })
    expect(shop.told).toEqual(['answered', ...NEST_HOOKS, 'pool ended'])
    await expectClosed(shop)
  })

  for (const first of ['app.close()', 'shutdown()'] as const) {
    it(`goes together with shutdown(): ${first} first`, async () => {
      const shop = await openShop()
      const { answer } = await shop.askSlowly()
      const ways = [() => shop.app.close(), () => shop.lifecycle.shutdown()]
      if (first === 'shutdown()') ways.reverse()

      await Promise.all(ways.map(async (way) => way()))

      expect(await answer).toEqual({ inStock: 7 })
      expect(shop.told).toEqual(['answered', ...NEST_HOOKS, 'pool ended'])
      await expectClosed(shop)
    })
  }

  it('closes an app that never listened', async () => {
    const shop = await createShop()
    await shop.app.init()

    await shop.app.close()

    expect(shop.told).toEqual(NEST_HOOKS)
    await expectClosed(shop)
  })
})
