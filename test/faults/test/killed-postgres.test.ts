import { describe, expect, it } from 'vitest'

import { useBackends } from './support/backends.ts'
import { nextEvent, nextStatus } from './support/events.ts'

const backends = useBackends()

describe('a PostgreSQL that is killed and started again', () => {
  it('fails /healthz alone, and is used again without a word from anybody', async () => {
    const shop = backends.shop()
    await shop.openWell()
    const failing = nextStatus(shop.lifecycle, 'postgres', 'fail')
    await backends.postgres.kill()
    await failing

    expect(await shop.ask('/healthz')).toMatchObject({
      status: 503,
      json: { dependencies: { postgres: { status: 'fail', message: expect.stringContaining('ECONNREFUSED') } } },
    })
    expect(await shop.ask('/readyz')).toMatchObject({ status: 200 })
    expect(await shop.ask('/livez')).toMatchObject({ status: 200 })
    expect(await shop.ask('/orders')).toMatchObject({ status: 500 })
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200 })

    const well = nextStatus(shop.lifecycle, 'postgres', 'pass')
    await backends.postgres.start()
    await well
    expect(await shop.ask('/healthz')).toMatchObject({ status: 200, json: { status: 'pass' } })
    expect(await shop.ask('/orders')).toMatchObject({ status: 200, json: { orders: 42 } })
    await backends.postgres.untilConnections(['shop', 'shop', 'shop tidegate-check'])
  })

  it('is in the report by the time anybody is told of it', async () => {
    const shop = backends.shop()
    await shop.openWell()
    // Probes go on reading it, so that there is always one in memory.
    shop.lifecycle.on('check', () => setImmediate(() => shop.lifecycle.report()))
    let reported: string | undefined
    shop.lifecycle.on('health', () => {
      reported = shop.lifecycle.report().dependencies['postgres']?.status
    })
    const failing = nextStatus(shop.lifecycle, 'postgres', 'fail')
    await backends.postgres.kill()
    await failing

    expect(reported).toBe('fail')
  })

  it('costs the server that comes back no connection but those that are primed, and its own', async () => {
    const shop = backends.shop()
    await shop.openWell()
    const failing = nextStatus(shop.lifecycle, 'postgres', 'fail')
    await backends.postgres.kill()
    await failing
    // Some more refusals, which must leave nothing behind.
    let refusals = 0
    await nextEvent(shop.lifecycle, 'check', ({ result }) => result.status === 'fail' && ++refusals === 3)
    const well = nextStatus(shop.lifecycle, 'postgres', 'pass')
    await backends.postgres.start()
    await well

    expect(await backends.postgres.connections()).toEqual(['shop', 'shop', 'shop tidegate-check'])
  })
})
