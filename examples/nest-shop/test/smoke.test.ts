import { readFile } from 'node:fs/promises'

import { startPostgres, startRedis } from '@tidegate/services'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { startProgram } from '../../test-support/start-program.ts'
import type { Program } from '../../test-support/start-program.ts'

const LIMIT_MS = 60_000
const PROGRAM = new URL('../dist/main.js', import.meta.url)
const SCHEMA = new URL('../schema.sql', import.meta.url)

describe('the Nest shop', { timeout: LIMIT_MS }, () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let redis: Awaited<ReturnType<typeof startRedis>>
  let database: pg.Client
  let shop: Program
  let origin: string

  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    database = new pg.Client({ connectionString: postgres.url })
    await database.connect()
    await database.query(await readFile(SCHEMA, 'utf8'))
    const env = { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url }
    shop = startProgram(PROGRAM, { ...env, PORT: '0', CHECK_INTERVAL: '200ms', LAME_DUCK: '1s' })
    const { address } = await shop.logged('listening')
    origin = `http://127.0.0.1:${(address as { port: number }).port}`
    await shop.logged('phase ready')
  }, LIMIT_MS)

  afterAll(async () => {
    shop.kill()
    await database.end()
    await Promise.all([shop.exited, postgres.close(), redis.close()])
  }, LIMIT_MS)

  async function call(path: string): Promise<{ status: number; body: unknown; retryAfter: string | null }> {
    const response = await fetch(`${origin}${path}`)
    return { status: response.status, body: await response.json(), retryAfter: response.headers.get('retry-after') }
  }

  async function healthTurns(status: string): Promise<void> {
    await expect.poll(async () => call('/healthz'), { timeout: 30_000 }).toMatchObject({ body: { status } })
  }

  it('answers probes and its routes', async () => {
    expect(await call('/readyz')).toMatchObject({ status: 200, body: { status: 'pass', phase: 'ready' } })
    expect(await call('/products/7')).toMatchObject({ status: 200, body: { id: 7, name: 'Product 7' } })
    expect(await call('/products/101')).toMatchObject({ status: 404 })
    expect(await call('/products/popular')).toMatchObject({ status: 200, body: [7] })
  })

  it('answers 503 where it requires Redis, and goes on elsewhere', async () => {
    await redis.freeze()
    onTestFinished(async () => redis.thaw())
    await healthTurns('warn')
    expect(await call('/products/popular')).toMatchObject({
      status: 503,
      body: { status: 'fail', dependencies: ['redis'] },
      retryAfter: expect.stringMatching(/^\d+$/),
    })
    expect(await call('/products/7')).toMatchObject({ status: 200 })
    await redis.thaw()
    await healthTurns('pass')
    expect(await call('/products/popular')).toMatchObject({ status: 200 })
  })

  it('on SIGTERM serves on, finishes what is in flight, lets Nest shut down, and closes the pool after that', async () => {
    const stock = call('/products/8/stock')
    const asking = "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%' AND pid <> pg_backend_pid()"
    await expect.poll(async () => (await database.query(asking)).rowCount, { timeout: 30_000 }).toBe(1)
    shop.terminate()
    await shop.logged('phase draining')
    expect(await call('/readyz')).toMatchObject({ status: 503 })
    expect(await call('/products/9')).toMatchObject({ status: 200 })

    expect(await stock).toMatchObject({ status: 200, body: { inStock: 8 } })
    expect(await shop.exited).toBe(0)
    expect(await shop.logged('stopped')).toMatchObject({
      reason: 'SIGTERM',
      requests: { inFlight: 1, cut: 0 },
      steps: [
        { step: 'drained', name: 'close Nest', outcome: 'done' },
        { step: 'close', outcome: 'done' },
        { step: 'close', outcome: 'done' },
      ],
    })
    const steps = ['drain: lame-duck', 'drain: listener-closed', 'drain: drained', 'views written', 'stopped']
    expect(shop.lines.map(({ msg }) => msg).filter((msg) => steps.includes(msg))).toEqual(steps)
    const { rows } = await database.query('SELECT id, views FROM products WHERE views > 0 ORDER BY id')
    expect(rows).toEqual([
      { id: 7, views: 2 },
      { id: 8, views: 1 },
      { id: 9, views: 1 },
    ])
  })
})
