import { cache } from '@tidegate/core'
import type { Cache } from '@tidegate/core'
import { describe, expect, it } from 'vitest'

import { useBackends } from './support/backends.ts'
import { nextStatus } from './support/events.ts'
import type { Shop } from './support/shop.ts'

const backends = useBackends()

/** When the server that was asked has started, which tells one start of it from the next. */
const STARTED_AT = 'SELECT pg_postmaster_start_time()::text AS at, pg_sleep(0.3)::text AS slept'

describe('a PostgreSQL that comes back', () => {
  it('finds its pool primed and the cache loaded anew before /healthz says so', async () => {
    let loads = 0
    let catalog: Cache<'catalog', string> | undefined
    const shop = backends.shop({
      pool: { max: 6, min: 5 },
      prime: 5,
      others: ({ pool }) => {
        catalog = cache('catalog', {
          dependsOn: ['postgres'],
          rewarm: true,
          async load() {
            loads += 1
            const { rows } = await pool.query<{ at: string }>(STARTED_AT)
            return rows[0]?.at ?? ''
          },
        })
        return [catalog]
      },
    })
    await shop.openWell()
    const before = catalog?.get()
    expect(loads).toBe(1)

    const failing = nextStatus(shop.lifecycle, 'postgres', 'fail')
    await backends.postgres.kill()
    await failing
    let atTheTurn: object | undefined
    shop.lifecycle.on('health', ({ dependency, status }) => {
      if (dependency !== 'postgres' || status !== 'pass') return
      atTheTurn = { idle: shop.pool.idleCount, loads, isNew: catalog?.get() !== before }
    })
    const probing = probeUntilHealthy(shop, () => atTheTurn !== undefined)
    await backends.postgres.start()
    const { early, messages } = await probing

    expect(early).toBe(0)
    expect(atTheTurn).toEqual({ idle: 5, loads: 2, isNew: true })
    expect(messages.join('\n')).toMatch(/warming again: postgres/)
    expect(messages.join('\n')).toMatch(/warming again: catalog/)
    await backends.postgres.untilConnections([...Array.from({ length: 5 }, () => 'shop'), 'shop tidegate-check'])

    // Each of the five works, without another being opened.
    const clients = await Promise.all(Array.from({ length: 5 }, () => shop.pool.connect()))
    const answers = await Promise.all(clients.map((client) => client.query<{ one: number }>('SELECT 1 AS one')))
    for (const client of clients) client.release()
    expect(answers.map(({ rows }) => rows[0]?.one)).toEqual([1, 1, 1, 1, 1])
    expect(shop.pool.totalCount).toBe(5)
  })
})

/** As a balancer does: one probe after another, over connections of its own. */
async function probeUntilHealthy(shop: Shop, mayBe: () => boolean): Promise<{ early: number; messages: string[] }> {
  const messages: string[] = []
  let early = 0
  for (;;) {
    const { status, body } = await shop.ask('/healthz')
    if (status === 200 && mayBe()) return { early, messages }
    if (status === 200) early += 1
    messages.push(body)
  }
}
