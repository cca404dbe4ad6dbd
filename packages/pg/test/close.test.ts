import type { Dependency } from '@tidegate/core'
import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import type { RecordingContext } from '@tidegate/testing'
import { afterEach, expect, it, vi } from 'vitest'

import { postgres } from '../src/index.ts'
import { useServer } from './server.ts'

const LIMIT_MS = 2_500
/** A tenth of it is kept for cutting off what is left. */
const CUT_MS = LIMIT_MS - 250

const server = useServer()

afterEach(() => void vi.useRealTimers())

/** Closes by a clock that goes on only when it is told to, so that a slow machine takes nothing of the limit. */
function closeByTheClock(dependency: Dependency): { closing: Promise<void>; context: RecordingContext } {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const context = createStepContext({ limit: LIMIT_MS, signal: new AbortController().signal })
  return { closing: runClose(dependency, context), context }
}

it('cuts off a client that is never released before the limit is over, and says so', async () => {
  const pool = server.pool()
  const dependency = postgres(pool)
  await runWarmUp(dependency)
  const [busy, leaked] = [await pool.connect(), await pool.connect()]
  const query = busy.query('SELECT pg_sleep(60)')
  const isCut = (): boolean[] => [busy.connection.stream.destroyed, leaked.connection.stream.destroyed]
  const { closing, context } = closeByTheClock(dependency)
  const closed = vi.fn()
  closing.finally(closed).catch(() => {})
  await vi.advanceTimersByTimeAsync(CUT_MS - 1)
  expect(isCut()).toEqual([false, false])
  expect(closed).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)

  await Promise.all([
    expect(query).rejects.toThrow('Connection terminated'),
    expect(closing).rejects.toMatchObject({
      code: 'TIDEGATE_TIMEOUT',
      message: expect.stringMatching(
        /^2 of the pool's clients were not released before the close limit; they are cut off\./,
      ),
    }),
  ])
  expect(context.remaining()).toBe(LIMIT_MS - CUT_MS)
  expect(isCut()).toEqual([true, true])
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
  const { closing, context } = closeByTheClock(dependency)
  await vi.advanceTimersByTimeAsync(CUT_MS - 1)
  expect(client.connection.stream.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  await closing

  expect(context.remaining()).toBe(LIMIT_MS - CUT_MS)
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
