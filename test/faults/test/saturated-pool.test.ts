import { describe, expect, it } from 'vitest'

import { useBackends } from './support/backends.ts'
import { nextCheck, nextStatus } from './support/events.ts'
import { QUICK_CHECKS } from './support/shop.ts'

const backends = useBackends()

describe('a pool whose clients are all in use', () => {
  it('warns on /healthz with 200, and the check goes on being answered by the server', async () => {
    const shop = backends.shop({ pool: { max: 2 } })
    await shop.openWell()
    const clients = [await shop.pool.connect(), await shop.pool.connect()]
    const waiting = shop.ask('/orders')
    const warned = await nextStatus(shop.lifecycle, 'postgres', 'warn')

    expect(warned.message).toContain('all 2 clients are in use')
    expect(await shop.ask('/healthz')).toMatchObject({
      status: 200,
      json: { status: 'warn', dependencies: { postgres: { data: { total: 2, idle: 0, max: 2 } } } },
    })
    expect(await shop.ask('/readyz')).toMatchObject({ status: 200 })
    // Not by a limit: it had its own connection to ask over.
    const { latencyMs } = await nextCheck(shop.lifecycle, 'postgres', 'warn')
    expect(latencyMs).toBeLessThan(QUICK_CHECKS.timeout)

    const well = nextStatus(shop.lifecycle, 'postgres', 'pass')
    for (const client of clients) client.release()
    await well
    expect(await waiting).toMatchObject({ status: 200, json: { orders: 42 } })
    expect(await shop.ask('/healthz')).toMatchObject({ status: 200, json: { status: 'pass' } })
  })
})
