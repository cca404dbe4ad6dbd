import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import pg from 'pg'
import { describe, expect, it } from 'vitest'

import { postgres } from '../src/index.ts'
import { useServer } from './server.ts'

const server = useServer()

it("passes, with the pool's counters, over one connection that is not the pool's and is kept", async () => {
  const pool = server.pool({ max: 7 })
  const dependency = postgres(pool)
  const results = [await runCheck(dependency), await runCheck(dependency)]

  const pass = { status: 'pass', data: { total: 0, idle: 0, waiting: 0, max: 7 } }
  expect(results).toEqual([pass, pass])
  expect(await server.connections()).toEqual(['shop tidegate-check'])
  await runClose(dependency)
})

it('warns of a pool whose clients are all in use, without waiting for one', async () => {
  const pool = server.pool({ max: 2 })
  const dependency = postgres(pool)
  const clients = await Promise.all([pool.connect(), pool.connect()])
  const queued = pool.query('SELECT 1')
  const result = await runCheck(dependency)

  expect(result).toEqual({
    status: 'warn',
    message: 'all 2 clients are in use, 1 callers waiting',
    data: { total: 2, idle: 0, waiting: 1, max: 2 },
  })
  for (const client of clients) client.release()
  await queued
  expect(await runCheck(dependency)).toMatchObject({ status: 'pass' })
  await runClose(dependency)
})

it('fails when the pool has been ended by somebody else', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runCheck(dependency)
  await pool.end()

  expect(await runCheck(dependency)).toMatchObject({ status: 'fail', message: 'the pool has been ended' })
  await runClose(dependency)
})

it('says what the server said, and not the password', async () => {
  const result = await runCheck(postgres(server.pool({ password: 'wrong secret' })))

  expect(result).toMatchObject({
    status: 'fail',
    message: 'password authentication failed for user "postgres" (28P01)',
  })
  expect(JSON.stringify(result)).not.toContain('wrong secret')
})

it('asks for a password that changes each time it connects', async () => {
  const { password } = server.service.connection
  const passwords = [password, 'expired', password]
  const pool = server.pool({ password: async () => passwords.shift() ?? password, maxLifetimeSeconds: 0.001 })
  const dependency = postgres(pool)
  const results = [await runCheck(dependency), await runCheck(dependency), await runCheck(dependency)]

  expect(results.map(({ status }) => status)).toEqual(['pass', 'fail', 'pass'])
  await runClose(dependency)
})

it('asks for TLS where the pool does', async () => {
  const result = await runCheck(postgres(server.pool({ ssl: { rejectUnauthorized: false } })))

  expect(result).toMatchObject({ status: 'fail', message: 'The server does not support SSL connections' })
})

it("makes its client with the pool's own constructor", async () => {
  let made = 0
  class OwnClient extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config)
      made += 1
    }
  }
  const dependency = postgres(server.pool({ Client: OwnClient }))
  await runCheck(dependency)

  expect(made).toBe(1)
  await runClose(dependency)
})

it('opens another connection when the server ended the one it kept', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runCheck(dependency)
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%tidegate-check'",
  )
  await server.untilConnections(['shop'])

  expect(await runCheck(dependency)).toMatchObject({ status: 'pass' })
  await runClose(dependency)
})

it('does not hold the process', async () => {
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  const before = sockets()
  const dependency = postgres(server.pool())
  await runCheck(dependency)

  expect(sockets()).toBe(before)
  await runClose(dependency)
})

it('is left out when it is false', () => {
  expect(postgres(server.pool(), { check: false })).not.toHaveProperty('check')
})

describe("check: 'pool'", () => {
  it("asks over the pool's own connections", async () => {
    const pool = server.pool()
    const dependency = postgres(pool, { check: 'pool' })
    const result = await runCheck(dependency)

    expect(result).toEqual({ status: 'pass', data: { total: 1, idle: 1, waiting: 0, max: 10 } })
    expect(await server.connections()).toEqual(['shop'])
  })

  it('gives back a client that comes after the check was given up', async () => {
    const pool = server.pool({ max: 1 })
    const run = new AbortController()
    const client = await pool.connect()
    const checking = runCheck(
      postgres(pool, { check: 'pool' }),
      createStepContext({ limit: 60_000, signal: run.signal }),
    )
    run.abort(new Error('given up'))

    expect(await checking).toMatchObject({ status: 'fail', message: 'given up' })
    client.release()
    await pool.query('SELECT 1')
    expect({ total: pool.totalCount, idle: pool.idleCount }).toEqual({ total: 1, idle: 1 })
  })

  it('drops a client that does not answer', async () => {
    const pool = server.pool()
    const dependency = postgres(pool, { check: 'pool' })
    await runWarmUp(dependency)
    await server.service.freeze()
    const run = new AbortController()
    const checking = runCheck(dependency, createStepContext({ limit: 60_000, signal: run.signal }))
    await new Promise((resolve) => pool.once('acquire', resolve))
    // The query is on its way once the client has gone through the pool's promises.
    await new Promise((resolve) => setImmediate(resolve))
    run.abort(new Error('given up'))

    expect(await checking).toMatchObject({ status: 'fail' })
    expect(pool.totalCount).toBe(0)
    await server.service.thaw()
    expect(await runCheck(dependency)).toMatchObject({ status: 'pass' })
  })
})
