import { runCheck, runWarmUp } from '@tidegate/testing'
import { expect, it } from 'vitest'

import { postgres } from '../src/index.ts'
import { useServer } from './server.ts'

const server = useServer({ maxConnections: 8 })

it('is told to whoever primes more connections than it has, and keeps none of them', async () => {
  const pool = server.pool({ max: 20, min: 20 })

  await expect(runWarmUp(postgres(pool, { prime: 20 }))).rejects.toMatchObject({
    code: 'TIDEGATE_WARM_UP',
    message: expect.stringMatching(
      /^\d of 20 connections could be primed: .*\(53300\); lower prime and the pool's max, or raise the server's max_connections$/,
    ),
    cause: { code: '53300' },
  })
  expect(pool.totalCount).toBe(0)
  await server.untilConnections([])
})

it('fails the check of a pool that has no connection', async () => {
  const others = server.pool({ max: 20 })
  const clients = await Promise.allSettled(Array.from({ length: 20 }, async () => others.connect()))
  const result = await runCheck(postgres(server.pool()))
  for (const client of clients) if (client.status === 'fulfilled') client.value.release()

  expect(result).toMatchObject({ status: 'fail', message: expect.stringContaining('(53300)') })
})

it('degrades a pool that has connections, whose users go on working', async () => {
  const pool = server.pool({ max: 20 })
  const clients = await Promise.allSettled(Array.from({ length: 20 }, async () => pool.connect()))
  const result = await runCheck(postgres(pool))
  for (const client of clients) if (client.status === 'fulfilled') client.value.release()

  expect(result).toMatchObject({ status: 'warn', message: expect.stringContaining('(53300)') })
})
