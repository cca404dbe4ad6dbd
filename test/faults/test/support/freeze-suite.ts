import { performance } from 'node:perf_hooks'

import { beforeAll, describe, expect, it } from 'vitest'

import type { Answer } from './ask.ts'
import { useBackends } from './backends.ts'
import type { Backends } from './backends.ts'
import { nextCheck, nextEvent, nextStatus } from './events.ts'
import { AMPLE } from './limits.ts'

export interface FreezePlan {
  /** Milliseconds that PostgreSQL stands still. */
  readonly frozenMs: number
  /** In milliseconds. */
  readonly health: Readonly<Record<'interval' | 'timeout' | 'retryInterval' | 'fall' | 'abandonAfter', number>>
}

interface FreezeRecord {
  /** Milliseconds from the freeze until `/healthz` had answered 503. */
  readonly noticedMs: number
  /** What each probe answered at the end of the freeze. */
  readonly frozen: Readonly<Record<'live' | 'ready' | 'health', Answer>>
  /** What was answered after the thaw, to what was asked before it and to what was asked then. */
  readonly thawed: Readonly<Record<'health' | 'ordersAskedBefore' | 'orders', Answer>>
  /** How many connections of the check the server had or found when it was thawed, by its own log. */
  readonly connectionsFound: number
}

/**
 * What the formula does not know of: each of its 2 × `fall` + 1 timers may fire late on a machine that is busy with
 * other tests, freezing takes some turns through the table of processes, and the last answer has to come back.
 */
const SLACK_MS = 750

/** What has to hold for a service whose PostgreSQL stands still and then goes on. */
export function describeFreeze(plan: FreezePlan): void {
  const backends = useBackends()
  const { interval, timeout, retryInterval, fall, abandonAfter } = plan.health

  describe(`a PostgreSQL that is frozen for ${plan.frozenMs / 1_000} s`, () => {
    let seen: FreezeRecord
    beforeAll(
      async () => {
        seen = await freeze(backends, plan)
      },
      plan.frozenMs + 3 * AMPLE,
    )

    it('turns /healthz to 503 within 1.1 × interval + fall × (timeout + retryInterval)', () => {
      const bound = 1.1 * interval + fall * (timeout + retryInterval)
      expect(seen.noticedMs).toBeLessThan(bound + SLACK_MS)
      expect(seen.frozen.health).toMatchObject({
        status: 503,
        json: { dependencies: { postgres: { status: 'fail' } } },
      })
    })

    it('leaves /readyz and /livez at 200: one database that hangs must not empty every Service', () => {
      expect(seen.frozen.ready.status).toBe(200)
      expect(seen.frozen.live.status).toBe(200)
    })

    it('opens no more connections of the check than one per abandonAfter, and gives up the one that hangs', () => {
      const perAbandonAfter = Math.ceil(plan.frozenMs / abandonAfter)
      // With the one from before the freeze.
      expect(seen.connectionsFound).toBeLessThanOrEqual(1 + perAbandonAfter)
      expect(seen.connectionsFound).toBeGreaterThanOrEqual(perAbandonAfter - 1)
    })

    it('recovers by itself: /healthz is 200 again, and the pool answers what waited and what is new', () => {
      expect(seen.thawed.health).toMatchObject({ status: 200, json: { status: 'pass' } })
      expect(seen.thawed.ordersAskedBefore).toMatchObject({ status: 200, json: { orders: 42 } })
      expect(seen.thawed.orders).toMatchObject({ status: 200, json: { orders: 42 } })
    })
  })
}

async function freeze(backends: Backends, { frozenMs, health }: FreezePlan): Promise<FreezeRecord> {
  const { postgres } = backends
  const shop = backends.shop({ health })
  await shop.openWell()
  // Right after a check, so that the whole interval has to pass before the next: the worst moment there is.
  await nextCheck(shop.lifecycle, 'postgres', 'pass')

  const failing = nextStatus(shop.lifecycle, 'postgres', 'fail')
  const frozenAt = performance.now()
  await postgres.freeze()
  await failing
  await shop.ask('/healthz')
  const noticedMs = performance.now() - frozenAt

  await nextEvent(shop.lifecycle, 'check', () => performance.now() - frozenAt >= frozenMs, frozenMs + AMPLE)
  const [live, ready, unhealthy] = await Promise.all([shop.ask('/livez'), shop.ask('/readyz'), shop.ask('/healthz')])
  const ordersAskedBefore = shop.ask('/orders')

  const well = nextStatus(shop.lifecycle, 'postgres', 'pass')
  await postgres.thaw()
  await well
  const [healthy, orders] = await Promise.all([shop.ask('/healthz'), shop.ask('/orders')])
  await postgres.untilConnections(['shop', 'shop', 'shop tidegate-check'])
  const { connections } = await postgres.record()
  return {
    noticedMs,
    frozen: { live, ready, health: unhealthy },
    thawed: { health: healthy, ordersAskedBefore: await ordersAskedBefore, orders },
    // Those that had been given up were gone before they could say who they are.
    connectionsFound: connections.filter((name) => name === '' || name.endsWith('tidegate-check')).length,
  }
}
