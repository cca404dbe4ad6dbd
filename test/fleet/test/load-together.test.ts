import { startPostgres, startRedis } from '@tidegate/services'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, test, vi } from 'vitest'

import { Instance } from './support/instance.ts'
import { AMPLE } from './support/limits.ts'

const SIZE = 10
const HOLDERS = 2
/** In milliseconds; a process that has just started on a busy machine may stand still for a second. */
const LEASE = 10_000
/** One load, in seconds. */
const LOAD = 1.5

vi.setConfig({ testTimeout: 3 * AMPLE, hookTimeout: 2 * AMPLE })

let postgres: Awaited<ReturnType<typeof startPostgres>>
let redis: Awaited<ReturnType<typeof startRedis>>
let pool: pg.Pool
let instances: Instance[] = []

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  pool = new pg.Pool(postgres.connection)
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool?.end()
  await Promise.all([postgres?.close(), redis?.close()])
})
beforeEach(async () => {
  await pool.query('DROP TABLE IF EXISTS loads')
  await pool.query('CREATE TABLE loads (pid int, began timestamptz DEFAULT clock_timestamp(), ended timestamptz)')
})
afterEach(() => Promise.all(instances.map((instance) => instance.kill())))

async function until(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: 2 * AMPLE, interval: 50 })
}

function startAll(): void {
  const where = { postgres: postgres.connection, redis: redis.connection, lease: LEASE, seconds: LOAD }
  instances = Array.from({ length: SIZE }, () => new Instance(where, 'loader.js'))
  onTestFailed(() => {
    for (const [index, { lines }] of instances.entries()) console.error(`instance ${index}:`, lines.slice(-12))
  })
}

async function allReady(waited: readonly Instance[]): Promise<void> {
  await until(() => {
    for (const instance of waited) expect(instance.isListening).toBe(true)
  })
  await until(async () => {
    for (const instance of waited) expect(await instance.isReady()).toBe(true)
  })
}

/** How many loads the database has seen at once, at most. That of a killed one goes on there. */
async function mostTogether(): Promise<number> {
  const { rows } = await pool.query<{ most: number }>(
    `WITH spans AS (SELECT pid, began, coalesce(ended, began + make_interval(secs => $1)) AS ended FROM loads)
     SELECT max(together)::int AS most FROM (
       SELECT count(*) AS together FROM spans one JOIN spans other ON other.began <= one.began AND other.ended > one.began
       GROUP BY one.pid
     ) AS counts`,
    [LOAD],
  )
  return rows[0]?.most ?? 0
}

test('of ten that start at once never more than two load together, and all become ready', async () => {
  startAll()
  await allReady(instances)

  const { rows } = await pool.query('SELECT DISTINCT pid FROM loads')
  expect(rows).toHaveLength(SIZE)
  expect(await mostTogether()).toBe(HOLDERS)
})

test('when one of them is killed while it loads, all others become ready, and never more than two load', async () => {
  startAll()
  let victim: Instance | undefined
  await until(async () => {
    const { rows } = await pool.query<{ pid: number }>('SELECT pid FROM loads WHERE ended IS NULL')
    victim = instances.find(({ pid }) => pid === rows[0]?.pid)
    expect(victim).toBeDefined()
  })
  await victim?.kill()
  const others = instances.filter((instance) => instance !== victim)
  await allReady(others)

  const { rows } = await pool.query<{ pid: number; ended: Date | null }>('SELECT pid, ended FROM loads')
  expect(rows).toHaveLength(SIZE)
  expect(rows.find(({ pid }) => pid === victim?.pid)?.ended).toBeNull()
  expect(await mostTogether()).toBe(HOLDERS)
})
