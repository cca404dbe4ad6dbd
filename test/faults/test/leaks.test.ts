import { describe, expect, it, vi } from 'vitest'

import { useBackends } from './support/backends.ts'
import { AMPLE } from './support/limits.ts'
import { watchResources } from './support/live-resources.ts'

const backends = useBackends()

function listenersOfProcess(): Record<string, number> {
  return Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)]))
}

/** The runner and the servers hold pipes and timers of their own, but no socket; timers are counted one by one below. */
function activeSockets(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP'))
}

/** Start, ready, a request to each server, shutdown. */
async function liveOnce(): Promise<void> {
  // So long that a timer that was left behind is still there when the test looks.
  const shop = backends.shop({ health: { interval: '10m', abandonAfter: '5m' } })
  const clientListeners = shop.client.eventNames().length
  await shop.openWell()
  expect(await shop.ask('/orders')).toMatchObject({ status: 200 })
  expect(await shop.ask('/recommend')).toMatchObject({ status: 200 })
  expect(process.listenerCount('SIGTERM')).toBeGreaterThan(0)
  await shop.lifecycle.shutdown()

  expect(shop.pool.totalCount).toBe(0)
  expect(shop.client.eventNames()).toHaveLength(clientListeners)
}

describe('a service that starts, is ready and shuts down ten times in one process', () => {
  it('leaves no listener, timer, socket or connection', async () => {
    // The first time loads what is loaded once.
    await liveOnce()
    const listeners = listenersOfProcess()
    const resources = watchResources()
    try {
      for (let round = 1; round <= 10; round += 1) await liveOnce()

      expect(process.listenerCount('SIGTERM')).toBe(0)
      expect(process.listenerCount('SIGINT')).toBe(0)
      expect(listenersOfProcess()).toEqual(listeners)
      await backends.postgres.untilConnections([])
      await backends.redis.untilConnections([])
      // Node's own clock for Date headers and closed sockets take a moment to go.
      await vi.waitFor(() => expect(resources.list()).toEqual([]), { timeout: AMPLE, interval: 50 })
      await vi.waitFor(() => expect(activeSockets()).toEqual([]), { timeout: AMPLE, interval: 50 })
    } finally {
      resources.stop()
    }
  })
})
