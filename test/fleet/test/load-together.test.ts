import { startPostgres, startRedis } from '@tidegate/services'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, onTestFinished, test, vi } from 'vitest'

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
  await pool.query(
    'CREATE TABLE loads (id serial, pid int, began timestamptz DEFAULT clock_timestamp(), ended timestamptz)',
  )
})
afterEach(() => Promise.all(instances.map((instance) => instance.kill())))

async function until(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: 2 * AMPLE, interval: 50 })
}

function startAll(size = SIZE, how: object = {}): void {
  const where = { postgres: postgres.connection, redis: redis.connection, lease: LEASE, seconds: LOAD, ...how }
  instances = Array.from({ length: size }, () => new Instance(where, 'loader.js'))
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
async function mostTogether(seconds = LOAD): Promise<number> {
  const { rows } = await pool.query<{ most: number }>(
    `WITH spans AS (SELECT id, began, coalesce(ended, began + make_interval(secs => $1)) AS ended FROM loads)
     SELECT max(together)::int AS most FROM (
       SELECT count(*) AS together FROM spans one JOIN spans other ON other.began <= one.began AND other.ended > one.began
       GROUP BY one.id
     ) AS counts`,
    [seconds],
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

test('when loads ignore their signals and outlast their attempts, never more than two of them run', async () => {
  const seconds = 4
  startAll(4, { seconds, limit: 1_000 })
  await until(async () => {
    const { rows } = await pool.query('SELECT FROM loads WHERE ended IS NOT NULL')
    expect(rows.length).toBeGreaterThanOrEqual(4)
  })

  expect(await mostTogether(seconds)).toBe(HOLDERS)
  expect(instances.flatMap(({ lines }) => lines).map(({ error }) => error)).toContainEqual(
    expect.stringContaining('the last load has not ended although its signal was aborted'),
  )
})

test.each([
  ['at SIGTERM', 'SIGTERM', 0, {}],
  ["by onFailure: 'exit'", undefined, 1, { limit: 3_000, onFailure: 'exit' }],
] as const)(
  'one that leaves %s while it loads, and one that waits, leave nothing in Redis',
  async (_, signal, code, how) => {
    const look = new Redis(redis.connection)
    onTestFinished(() => look.disconnect())
    const places = (key: string): Promise<number> => look.zcard(`tidegate:{catalog}:lock:${key}`)
    await look.flushall()
    startAll(HOLDERS + 1, { lease: 120_000, seconds: 60, stopsAfter: 1_500, ...how })
    await until(async () => {
      expect([await places('holders'), await places('queue')]).toEqual([HOLDERS, 1])
    })
    const codes = await Promise.all(instances.map((instance) => instance.leave(signal)))

    expect(codes).toEqual(instances.map(() => code))
    expect(await look.keys('*')).toEqual([])
  },
)
