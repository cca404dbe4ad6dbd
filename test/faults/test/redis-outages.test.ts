import { describe, expect, it } from 'vitest'

import { useBackends } from './support/backends.ts'
import { nextEvent, nextStatus } from './support/events.ts'

const backends = useBackends()

const OUTAGES = [
  { outage: 'frozen and thawed', begin: () => backends.redis.freeze(), end: () => backends.redis.thaw() },
  { outage: 'killed and started again', begin: () => backends.redis.kill(), end: () => backends.redis.start() },
]

describe.each(OUTAGES)('a non-critical Redis that is $outage', ({ begin, end }) => {
  it('only warns on /healthz, fails only the route that requires it, and is used again by itself', async () => {
    const shop = backends.shop()
    await shop.openWell()
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200, json: { recommended: null } })

    const failing = nextStatus(shop.lifecycle, 'redis', 'fail')
    await begin()
    await failing
    expect(await shop.ask('/healthz')).toMatchObject({
      status: 200,
      json: { status: 'warn', dependencies: { redis: { status: 'fail' }, postgres: { status: 'pass' } } },
    })
    expect(await shop.ask('/readyz')).toMatchObject({ status: 200 })
    expect(await shop.ask('/recommend')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      json: { dependencies: ['redis'] },
    })
    expect(await shop.ask('/orders')).toMatchObject({ status: 200, json: { orders: 42 } })

    const well = nextStatus(shop.lifecycle, 'redis', 'pass')
    await end()
    await well
    expect(await shop.ask('/healthz')).toMatchObject({ status: 200, json: { status: 'pass' } })
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200, json: { recommended: null } })
    await backends.redis.untilConnections(['shop', 'tidegate-check'])
  })
})

describe('a non-critical Redis that is restarted', () => {
  it('never fails /healthz, and answers again when the client has found it', async () => {
    const shop = backends.shop()
    await shop.openWell()
    await backends.redis.restart()
    await nextEvent(shop.lifecycle, 'check', ({ dependency, result }) => {
      // On a slow machine it may have been away for long enough to be failing.
      const { redis } = shop.lifecycle.report().dependencies
      return dependency === 'redis' && result.status === 'pass' && redis?.status === 'pass'
    })

    expect(await shop.ask('/healthz')).toMatchObject({ status: 200 })
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200, json: { recommended: null } })
  })
})
