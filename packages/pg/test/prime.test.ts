import { createStepContext, runWarmUp } from '@tidegate/testing'
import type pg from 'pg'
import { describe, expect, it, vi } from 'vitest'

import { postgres } from '../src/index.ts'
import { removals, useServer } from './server.ts'

const server = useServer()

/** Of that many clients of the pool, checked out together. */
async function pidsOf(pool: pg.Pool, count: number): Promise<number[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => pool.connect()))
  const pids = await Promise.all(
    clients.map(async (client) => (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid),
  )
  for (const client of clients) client.release()
  return pids.map(Number).toSorted((one, other) => one - other)
}

it('opens the connections before it resolves, says how far it has come, and leaves them idle in the pool', async () => {
  const pool = server.pool({ max: 5, min: 4 })
  const context = createStepContext()
  await runWarmUp(postgres(pool, { prime: 4 }), context)

  expect({ total: pool.totalCount, idle: pool.idleCount }).toEqual({ total: 4, idle: 4 })
  expect(await server.connections()).toEqual(['shop', 'shop', 'shop', 'shop'])
  expect(context.steps).toEqual(['1/4 connections', '2/4 connections', '3/4 connections', '4/4 connections'])
})

it('opens them at the same time', async () => {
  const pool = server.pool({ max: 3, min: 3 })
  const opening = runWarmUp(postgres(pool, { prime: 3 }))

  expect(pool.totalCount).toBe(3)
  await opening
})

it('opens any number of them without a warning of Node', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning)
  process.on('warning', onWarning)
  await runWarmUp(postgres(server.pool({ max: 12, min: 12 }), { prime: 12 }))
  process.off('warning', onWarning)

  expect(warnings).toEqual([])
})

it("opens the pool's min by default, and one where there is none", async () => {
  const [none, some] = [server.pool(), server.pool({ min: 3 })]
  await runWarmUp(postgres(none))
  await runWarmUp(postgres(some))

  expect([none.totalCount, some.totalCount]).toEqual([1, 3])
})

it('opens none when prime is false', async () => {
  const pool = server.pool()
  await runWarmUp(postgres(pool, { prime: false }))

  expect(pool.totalCount).toBe(0)
})

it('counts the connections that the pool already has', async () => {
  const pool = server.pool({ min: 3 })
  await pool.query('SELECT 1')
  await runWarmUp(postgres(pool, { prime: 3 }))

  expect(pool.totalCount).toBe(3)
})

it('runs the statements on each connection', async () => {
  const pool = server.pool({ max: 3, min: 3 })
  const statements = ["SET search_path TO 'shop'", { name: 'by-id', text: 'SELECT $1::int', values: [1] }]
  await runWarmUp(postgres(pool, { prime: 3, statements }))

  const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
  const found = await Promise.all(
    clients.map((client) =>
      client.query(
        "SELECT count(*)::int AS prepared, current_setting('search_path') AS path FROM pg_prepared_statements",
      ),
    ),
  )
  for (const client of clients) client.release()
  expect(found.map(({ rows }) => rows[0])).toEqual(Array.from({ length: 3 }, () => ({ prepared: 1, path: 'shop' })))
})

it('leaves the statements prepared on the very connections that it primed, which the pool keeps', async () => {
  const pool = server.pool({ max: 5, min: 3, idleTimeoutMillis: 20 })
  const statements = [
    { name: 'by-id', text: 'SELECT $1::int', values: [1] },
    { name: 'now', text: 'SELECT now()' },
  ]
  await runWarmUp(postgres(pool, { prime: 3, statements }))
  const primed = await pidsOf(pool, 3)

  // By their own clocks, long after the pool would have closed them.
  await vi.waitFor(
    async () => {
      const { rows } = await server.ask(
        "SELECT bool_and(now() - state_change > interval '500 ms') AS idle FROM pg_stat_activity WHERE application_name = 'shop'",
      )
      expect(rows).toEqual([{ idle: true }])
    },
    { timeout: 20_000 },
  )

  expect(await pidsOf(pool, 3)).toEqual(primed)
  const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
  const names = await Promise.all(
    clients.map(async (client) => (await client.query('SELECT name FROM pg_prepared_statements ORDER BY 1')).rows),
  )
  for (const client of clients) client.release()
  expect(names).toEqual(Array.from({ length: 3 }, () => [{ name: 'by-id' }, { name: 'now' }]))
})

it('leaves no connection, lock or timer behind when it fails half way, and the next attempt has all of them', async () => {
  const pool = server.pool({ max: 5, min: 4 })
  await server.ask('CREATE SEQUENCE turns')
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  // The third connection divides by zero.
  const statements = ['SELECT pg_advisory_lock_shared(7)', "SELECT 1 / (nextval('turns') - 3)"]
  const dependency = postgres(pool, { prime: 4, statements })

  await expect(runWarmUp(dependency, createStepContext({ signal: new AbortController().signal }))).rejects.toThrow(
    /^[0-3] of 4 connections could be primed: statements\[1\] failed: division by zero \(22012\)$/,
  )
  expect(pool.totalCount).toBe(0)
  await server.untilConnections([])
  expect((await server.ask("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")).rows).toEqual([])
  expect(timers()).toBeLessThanOrEqual(before)

  await runWarmUp(dependency, createStepContext({ signal: new AbortController().signal }))
  expect({ total: pool.totalCount, idle: pool.idleCount }).toEqual({ total: 4, idle: 4 })
  expect((await server.ask("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")).rows).toHaveLength(4)
  await server.ask('DROP SEQUENCE turns')
})

it('leaves no connection behind when a statement fails, and names it', async () => {
  const pool = server.pool({ min: 3 })
  const priming = runWarmUp(postgres(pool, { prime: 3, statements: ['SELECT 1', 'SELEC 2'] }))

  await expect(priming).rejects.toMatchObject({
    code: 'TIDEGATE_WARM_UP',
    message: '0 of 3 connections could be primed: statements[1] failed: syntax error at or near "SELEC" (42601)',
    cause: { cause: { code: '42601' } },
  })
  expect(pool.totalCount).toBe(0)
  await server.untilConnections([])
})

it('survives a server that is killed while its connections are being primed', async () => {
  const pool = server.pool({ min: 2 })
  const context = createStepContext()
  const priming = runWarmUp(postgres(pool, { prime: 2, statements: ['SELECT pg_sleep(60)'] }), context)
  await Promise.all([
    expect(priming).rejects.toMatchObject({ code: 'TIDEGATE_WARM_UP' }),
    server.untilConnections(['shop', 'shop']).then(async () => server.service.kill()),
  ])
  expect(pool.totalCount).toBe(0)
})

it('says why nobody answers', async () => {
  const pool = server.pool()
  await server.service.stop()

  await expect(runWarmUp(postgres(pool))).rejects.toThrow(
    /0 of 1 connections could be primed: connect ECONNREFUSED 127/,
  )
})

describe('a server that does not answer', () => {
  it('is given up when the attempt is, and finds no connection left when it wakes', async () => {
    const pool = server.pool({ min: 3 })
    const attempt = new AbortController()
    await server.service.freeze()
    const priming = runWarmUp(
      postgres(pool, { prime: 3 }),
      createStepContext({ limit: 60_000, signal: attempt.signal }),
    )
    attempt.abort(new Error('the limit'))

    await expect(priming).rejects.toThrow('0 of 3 connections could be primed: the limit')
    const removed = removals(pool, 3)
    await server.service.thaw()
    await removed
    expect(pool.totalCount).toBe(0)
    await server.untilConnections([])
  })

  it('is asked for no more connections by the next attempts, the last of which gets them', async () => {
    const pool = server.pool({ max: 3, min: 3 })
    const dependency = postgres(pool, { prime: 3 })
    await server.service.freeze()
    for (const reason of ['first', 'second']) {
      const attempt = new AbortController()
      const priming = runWarmUp(dependency, createStepContext({ limit: 60_000, signal: attempt.signal }))
      attempt.abort(new Error(reason))
      await expect(priming).rejects.toThrow(reason)
    }
    const priming = runWarmUp(dependency)
    expect({ total: pool.totalCount, waiting: pool.waitingCount }).toEqual({ total: 3, waiting: 0 })
    await server.service.thaw()

    await priming
    expect({ total: pool.totalCount, idle: pool.idleCount }).toEqual({ total: 3, idle: 3 })
  })

  it('is cut off in the middle of a statement', async () => {
    const pool = server.pool({ min: 2 })
    const attempt = new AbortController()
    const context = createStepContext({ limit: 60_000, signal: attempt.signal })
    const priming = runWarmUp(postgres(pool, { prime: 2, statements: ['SELECT pg_sleep(60)'] }), context)
    await Promise.all([
      expect(priming).rejects.toThrow('the limit'),
      server.untilConnections(['shop', 'shop']).then(() => attempt.abort(new Error('the limit'))),
    ])
    expect(pool.totalCount).toBe(0)
  })
})

describe('priming again, when the server has come back', () => {
  it.each([
    ['with a number of its own', { prime: 3 }, true],
    ['without one', {}, false],
    ['with none to prime', { prime: false }, false],
    ['unless told not to', { prime: 3, rewarm: false }, false],
    ['when told to', { rewarm: true }, true],
  ] as const)('%s', (_, options, expected) => {
    expect(postgres(server.pool(), options).rewarm).toBe(expected)
  })

  it('does not wait for clients that are in use, nor opens more than the pool has room for', async () => {
    const pool = server.pool({ max: 3, min: 3 })
    const dependency = postgres(pool, { prime: 3 })
    await runWarmUp(dependency)
    const listening = await pool.connect()
    const context = { ...createStepContext(), recovered: ['postgres'] }
    await dependency.warmUp?.(context)

    expect(context.steps.at(-1)).toBe('2/2 connections')
    expect({ total: pool.totalCount, idle: pool.idleCount }).toEqual({ total: 3, idle: 2 })
    listening.release()
  })
})

describe('a pool that would drop the primed connections', () => {
  it('is named, once, with what to set', async () => {
    const pool = server.pool({ min: 1 })
    const dependency = postgres(pool, { prime: 3 })
    const context = createStepContext()
    await runWarmUp(dependency, context)
    await runWarmUp(dependency, context)

    expect(context.lines).toEqual([
      {
        level: 'warn',
        fields: { prime: 3 },
        message:
          'the pool will close 2 of the 3 primed connections when they have been idle for 10000 ms: ' +
          'create it with min: 3 (now 1), or with idleTimeoutMillis: 0 to keep every connection',
      },
    ])
  })

  it.each([
    ['min keeps them', { min: 3 }, { prime: 3 }],
    ['idleTimeoutMillis keeps them', { idleTimeoutMillis: 0 }, { prime: 3 }],
    ['nobody asked for a number of them', {}, {}],
  ])('is not named when %s', async (_, config, options) => {
    const context = createStepContext()
    await runWarmUp(postgres(server.pool(config), options), context)

    expect(context.lines).toEqual([])
  })
})
