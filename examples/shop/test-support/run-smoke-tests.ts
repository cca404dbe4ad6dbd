import { randomUUID } from 'node:crypto'

import { startPostgres, startRedis } from '@tidegate/services'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { startProgram } from '../../test-support/start-program.ts'
import type { Program } from '../../test-support/start-program.ts'

const LIMIT_MS = 60_000
const SETUP = new URL('../src/setup.js', import.meta.url)

/** Starts a shop as it is started in production, on a PostgreSQL and a Redis of its own, and ends it by SIGTERM. */
export function runSmokeTests(framework: string, program: URL): void {
  describe(`the ${framework} shop`, { timeout: LIMIT_MS }, () => {
    let postgres: Awaited<ReturnType<typeof startPostgres>>
    let redis: Awaited<ReturnType<typeof startRedis>>
    let shop: Program
    let origin: string

    beforeAll(async () => {
      ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
      const env = { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url }
      expect(await startProgram(SETUP, env).exited).toBe(0)
      shop = startProgram(program, { ...env, PORT: '0', CHECK_INTERVAL: '200ms', LAME_DUCK: '1s' })
      const { address } = await shop.logged('listening')
      origin = `http://127.0.0.1:${(address as { port: number }).port}`
      await shop.logged('phase ready')
    }, LIMIT_MS)

    afterAll(async () => {
      shop.kill()
      await Promise.all([shop.exited, postgres.close(), redis.close()])
    }, LIMIT_MS)

    async function call(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
      const response = await fetch(`${origin}${path}`, init)
      return { status: response.status, body: await response.json() }
    }

    async function order(body: object | string): Promise<{ status: number; body: unknown }> {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return call('/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })
    }

    async function healthTurns(status: string): Promise<void> {
      await expect.poll(async () => call('/healthz'), { timeout: 30_000 }).toMatchObject({ body: { status } })
    }

    async function rowsOf(sql: string): Promise<unknown[]> {
      const client = new pg.Client({ connectionString: postgres.url })
      await client.connect()
      try {
        const { rows } = await client.query(sql)
        return rows
      } finally {
        await client.end()
      }
    }

    it('is ready once its catalogue is loaded', async () => {
      expect(await call('/readyz')).toMatchObject({ status: 200, body: { status: 'pass', phase: 'ready' } })
      const { body } = await call('/products?page=249')
      expect(body).toHaveLength(20)
      expect((body as object[]).at(-1)).toMatchObject({ id: 5000 })
    })

    it('reads a product the same from PostgreSQL and from the cache', async () => {
      const first = await call('/products/7')
      expect(first).toEqual({ status: 200, body: { id: 7, name: 'Product 7', category: 'tools', priceCents: 359 } })
      expect(await call('/products/7')).toEqual(first)
      expect(await call('/products/5001')).toMatchObject({ status: 404 })
    })

    it('places an order once, however often it is sent', async () => {
      const id = randomUUID()
      const items = [{ productId: 7, quantity: 2 }]
      expect(await order({ id, items })).toEqual({ status: 201, body: { id } })
      expect(await order({ id, items })).toEqual({ status: 200, body: { id } })
      const rows = await rowsOf(`SELECT product_id, quantity FROM order_items WHERE order_id = '${id}'`)
      expect(rows).toEqual([{ product_id: 7, quantity: 2 }])
      expect(await call('/recommendations')).toEqual({ status: 200, body: [7] })
    })

    it('leaves nothing of an order that cannot be placed', async () => {
      const id = randomUUID()
      const items = [{ productId: 7, quantity: 1 }]
      expect(await order({ id, items: [{ productId: 5001, quantity: 1 }] })).toMatchObject({ status: 422 })
      expect(await order({ id, items })).toMatchObject({ status: 201 })
      expect(await order({ id: '7', items })).toEqual({ status: 400, body: { error: 'id must be a UUID' } })
      expect(await order('{')).toMatchObject({ status: 400 })
    })

    it('goes on without Redis, at once and after the check has noticed', async () => {
      await redis.freeze()
      onTestFinished(async () => redis.thaw())
      expect(await call('/products/7')).toMatchObject({ status: 200 })
      expect(await call('/recommendations')).toMatchObject({ status: 503 })

      await healthTurns('warn')
      expect(await call('/products/7')).toMatchObject({ status: 200 })
      expect(await call('/recommendations')).toMatchObject({ status: 503, body: { dependencies: ['redis'] } })
      await redis.thaw()
      await healthTurns('pass')
      expect(await call('/recommendations')).toMatchObject({ status: 200 })
    })

    it('finishes the report on SIGTERM, closes everything and exits 0', async () => {
      const report = call('/reports/sales')
      const running = "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%' AND pid <> pg_backend_pid()"
      await expect.poll(async () => rowsOf(running), { timeout: 30_000 }).toHaveLength(1)
      shop.terminate()
      await shop.logged('phase draining')
      expect(await call('/readyz')).toMatchObject({ status: 503 })
      expect(await call('/products')).toMatchObject({ status: 200 })

      expect(await report).toMatchObject({ status: 200, body: [{ category: 'tools' }] })
      expect(await shop.exited).toBe(0)
      expect(await shop.logged('stopped')).toMatchObject({
        reason: 'SIGTERM',
        requests: { inFlight: 1, cut: 0 },
        steps: expect.arrayContaining([
          expect.objectContaining({ step: 'close', name: 'postgres', outcome: 'done' }),
          expect.objectContaining({ step: 'close', name: 'redis', outcome: 'done' }),
        ]),
      })
    })
  })
}
