import { defineDependency } from '@tidegate/core'
import { describe, expect, it } from 'vitest'

import { useBackends } from './support/backends.ts'
import { nextEvent } from './support/events.ts'
import { createGate } from './support/gate.ts'

const backends = useBackends()

describe('a shutdown', () => {
  it('ends the pool and quits Redis after the last request, and what depends on them before', async () => {
    const works: unknown[] = []
    const shop = backends.shop({
      others: ({ pool, client }) => [
        defineDependency({
          name: 'sessions',
          dependsOn: ['postgres', 'redis'],
          critical: false,
          async close() {
            works.push((await pool.query('SELECT 1 AS one')).rows[0], await client.ping())
          },
        }),
      ],
    })
    const slow = { reached: createGate(), goOn: createGate() }
    shop.app.get('/slow', async (_request, response) => {
      slow.reached.open()
      await slow.goOn.opened
      const { rows } = await shop.pool.query('SELECT 7 AS slow')
      await shop.client.set('recommended', 'tea')
      response.json({ ...rows[0], recommended: await shop.client.get('recommended') })
    })
    await shop.openWell()
    const quitsBefore = (await backends.redis.calls())['quit'] ?? 0

    const answer = shop.ask('/slow')
    await slow.reached.opened
    const listenerClosed = nextEvent(shop.lifecycle, 'drain', ({ step }) => step === 'listener-closed')
    const stopped = shop.lifecycle.shutdown()
    await listenerClosed
    expect(shop.lifecycle.phase).toBe('draining')
    expect(shop.pool.ending).toBe(false)
    expect(shop.client.status).toBe('ready')
    slow.goOn.open()
    expect(await answer).toMatchObject({ status: 200, json: { slow: 7, recommended: 'tea' } })
    const { steps, exitCode, requests } = await stopped

    expect(works).toEqual([{ one: 1 }, 'PONG'])
    const [first, ...others] = steps.map(({ step, name, outcome }) => `${step} of ${name}: ${outcome}`)
    expect(first).toBe('close of sessions: done')
    expect(others.toSorted()).toEqual(['close of postgres: done', 'close of redis: done'])
    expect(requests).toMatchObject({ inFlight: 1, finished: 1, cut: 0 })
    expect(exitCode).toBe(0)
    expect(shop.pool.totalCount).toBe(0)
    expect(shop.client.status).toBe('end')
    await backends.postgres.untilConnections([])
    await backends.redis.untilConnections([])
    expect((await backends.redis.calls())['quit']).toBe(quitsBefore + 1)
  })
})
