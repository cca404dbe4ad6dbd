import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import { expect, it } from 'vitest'

import { postgres } from '../src/index.ts'
import { useServer } from './server.ts'

const server = useServer()

it('cuts off a client that is never released before the limit is over, and says so', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  const [busy, leaked] = [await pool.connect(), await pool.connect()]
  const query = busy.query('SELECT pg_sleep(60)')
  const context = createStepContext({ limit: 2500 })

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

it('cuts off a frozen server within the limit', async () => {
  const pool = server.pool({ min: 1 })
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  await runCheck(dependency)
  const client = await pool.connect()
  client.release()
  await server.service.freeze()
  const context = createStepContext({ limit: 2500 })
  await runClose(dependency, context)

  expect(context.remaining()).toBeGreaterThan(0)
  expect(client.connection.stream.destroyed).toBe(true)
  expect(context.lines).toMatchObject([{ level: 'warn', fields: { connections: 1 } }])
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
