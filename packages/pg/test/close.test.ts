import { expect, it } from 'vitest'

import { postgres } from '../src/index.ts'
import { useServer } from './server.ts'
import { runCheck, runClose, runWarmUp, stepContext } from './step-contexts.ts'

const server = useServer()

it("ends the pool and the check's connection, and resolves when the server has none left", async () => {
  const pool = server.pool({ min: 3 })
  const dependency = postgres(pool, { prime: 3 })
  await runWarmUp(dependency)
  await runCheck(dependency)
  expect(await server.connections()).toHaveLength(4)
  const context = stepContext()
  await runClose(dependency, context)

  expect(pool.ended).toBe(true)
  expect(context.lines).toEqual([])
  await server.untilConnections([])
})

it('waits for a client that is still in use', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  const client = await pool.connect()
  const closing = runClose(dependency)
  const answer = await client.query('SELECT 1 AS one')
  client.release()
  await closing

  expect(answer.rows).toEqual([{ one: 1 }])
  expect(pool.ended).toBe(true)
})

it('cuts off a client that is never released before the limit is over, and says so', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  const [busy, leaked] = [await pool.connect(), await pool.connect()]
  const query = busy.query('SELECT pg_sleep(60)')
  const context = stepContext(2500)

  await Promise.all([
    expect(query).rejects.toThrow('Connection terminated'),
    expect(runClose(dependency, context)).rejects.toMatchObject({
      code: 'TIDEGATE_TIMEOUT',
      message: expect.stringMatching(
        /^2 of the pool's clients were not released before the close limit; they are cut off\./,
      ),
    }),
  ])
  expect(context.remaining()).toBeGreaterThan(0)
  expect([busy.connection.stream.destroyed, leaked.connection.stream.destroyed]).toEqual([true, true])
  busy.release()
  leaked.release()
  expect(pool.ended).toBe(true)
})

it('cuts off at once when the lifecycle takes the rest of the time away', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  const client = await pool.connect()
  const step = new AbortController()
  const closing = runClose(dependency, stepContext(60_000, step.signal))
  step.abort()

  await expect(closing).rejects.toMatchObject({ code: 'TIDEGATE_TIMEOUT' })
  client.release()
})

it('cuts off a frozen server within the limit', async () => {
  const pool = server.pool({ min: 1 })
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  await runCheck(dependency)
  const client = await pool.connect()
  client.release()
  await server.service.freeze()
  const context = stepContext(2500)
  await runClose(dependency, context)

  expect(context.remaining()).toBeGreaterThan(0)
  expect(client.connection.stream.destroyed).toBe(true)
  expect(context.lines).toMatchObject([{ level: 'warn', fields: { connections: 1 } }])
})

it('may be asked twice', async () => {
  const dependency = postgres(server.pool())
  await runWarmUp(dependency)
  await Promise.all([runClose(dependency), runClose(dependency)])

  await expect(runClose(dependency)).resolves.toBeUndefined()
})

it('is content with a pool that somebody has ended', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  await pool.end()

  await expect(runClose(dependency)).resolves.toBeUndefined()
})

it('opens no connection when it was never used', async () => {
  const pool = server.pool()
  await runClose(postgres(pool))

  expect(pool.ended).toBe(true)
  expect(await server.connections()).toEqual([])
})

it('leaves the pool to its owner when close is false, without a listener of its own', async () => {
  const pool = server.pool()
  const dependency = postgres(pool, { close: false })
  await runWarmUp(dependency)
  await runCheck(dependency)
  await runClose(dependency)

  expect(await pool.query('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] })
  expect(pool.eventNames()).toEqual([])
  await server.untilConnections(['shop'])
})

it("ends the check's connection in the middle of a check, and opens no other", async () => {
  const dependency = postgres(server.pool(), { close: false })
  await runCheck(dependency)
  const checking = runCheck(dependency)
  await runClose(dependency)
  await checking

  expect(await runCheck(dependency)).toMatchObject({ status: 'fail', message: 'the dependency is closed' })
  await server.untilConnections([])
})
