import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Dependency, Lifecycle, LifecycleEvents, LifecycleOptions } from '../../src/index.ts'

const SECOND = 1_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Service {
  readonly lifecycle: Lifecycle
  readonly heard: LifecycleEvents['readiness'][]
}

async function serve(options: LifecycleOptions = {}): Promise<Service> {
  const lifecycle: Lifecycle = createLifecycle<string>({
    shutdown: { signals: false, linger: false },
    logger: false,
    ...options,
  })
  const heard: LifecycleEvents['readiness'][] = []
  lifecycle.on('readiness', (event) => heard.push(event))
  onTestFinished(async () => {
    vi.useRealTimers()
    await lifecycle.shutdown()
  })
  await lifecycle.start()
  await vi.advanceTimersByTimeAsync(10)
  return { lifecycle, heard }
}

function checked(isDown: () => boolean, more: Partial<Dependency> = {}): Dependency {
  return {
    name: 'store',
    check() {
      if (isDown()) throw new Error('refused')
    },
    health: { interval: SECOND, retryInterval: 100, fall: 2, rise: 2 },
    ...more,
  }
}

const YES = { ready: true, reasons: [] }

describe('the event readiness', () => {
  test('tells of ready, of holds, and of the drain', async () => {
    const { lifecycle, heard } = await serve()
    const releases = [lifecycle.hold('deploying'), lifecycle.hold('by hand')]
    releases[0]?.()
    releases[1]?.()
    releases[1]?.()
    await lifecycle.shutdown()

    const held = { ready: false, reasons: ['held: deploying'] }
    expect(heard).toEqual([YES, held, YES, { ready: false, reasons: ['draining'] }])
  })

  test.each<[string, boolean, Partial<Dependency>, LifecycleOptions]>([
    ['a critical local check', true, { scope: 'local' }, {}],
    ['a critical remote one with readiness always', true, {}, { probes: { readiness: 'always' } }],
    ['a critical remote one without', false, {}, {}],
    ['a non-critical one', false, { scope: 'local', critical: false }, {}],
  ])('for the failing of %s: %s', async (_what, follows, more, options) => {
    let isDown = false
    const { heard } = await serve({ ...options, dependencies: [checked(() => isDown, more)] })
    isDown = true
    await vi.advanceTimersByTimeAsync(5 * SECOND)
    isDown = false
    await vi.advanceTimersByTimeAsync(5 * SECOND)

    expect(heard).toEqual(follows ? [YES, { ready: false, reasons: ['store'] }, YES] : [YES])
  })

  test('comes behind the event that tells why', async () => {
    const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
    const order: string[] = []
    lifecycle.on('readiness', ({ ready }) => order.push(ready ? 'ready' : 'not ready'))
    lifecycle.on('phase', ({ phase }) => order.push(phase))
    await lifecycle.start()
    await lifecycle.shutdown()

    expect(order).toEqual(['warming', 'ready', 'ready', 'draining', 'not ready', 'closing', 'stopped'])
  })

  test('is told to all in one order, also when a subscriber changes it', async () => {
    const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
    const heard: boolean[] = []
    let holds = 0
    lifecycle.on('readiness', ({ ready }) => {
      if (ready && holds++ === 0) lifecycle.hold('not yet')
    })
    lifecycle.on('readiness', ({ ready }) => heard.push(ready))
    await lifecycle.start()

    expect(heard).toEqual([true, false])
    await lifecycle.shutdown()
  })
})

describe('the weight', () => {
  const slowStart = { window: '10s' } as const

  test('is 0 or 1 without slow start', async () => {
    const idle = createLifecycle({ logger: false })
    expect(idle.weight).toBe(0)
    const { lifecycle } = await serve()
    expect(lifecycle.weight).toBe(1)
    const release = lifecycle.hold('deploying')
    expect(lifecycle.weight).toBe(0)
    release()
    expect(lifecycle.weight).toBe(1)
    await lifecycle.shutdown()
    expect(lifecycle.weight).toBe(0)
  })

  test('climbs from first ready on', async () => {
    const { lifecycle } = await serve({ slowStart })
    const weights: number[] = []
    for (let time = 0; time < 6; time++) {
      weights.push(Math.round(lifecycle.weight * 10) / 10)
      vi.advanceTimersByTime(2 * SECOND)
    }
    expect(weights).toEqual([0.1, 0.2, 0.4, 0.6, 0.8, 1])
  })

  test('is the initial one for whoever hears that it is ready', async () => {
    const lifecycle = createLifecycle({ slowStart, shutdown: { signals: false, linger: false }, logger: false })
    const weights: number[] = []
    lifecycle.on('phase', ({ phase }) => {
      if (phase === 'ready') weights.push(lifecycle.weight)
    })
    lifecycle.on('readiness', () => weights.push(lifecycle.weight))
    await lifecycle.start()
    expect(weights).toEqual([0.1, 0.1])
    await lifecycle.shutdown()
  })

  test('climbs again after a hold, however short', async () => {
    const { lifecycle } = await serve({ slowStart })
    vi.advanceTimersByTime(20 * SECOND)
    lifecycle.hold('deploying')()
    expect(lifecycle.weight).toBe(0.1)
    vi.advanceTimersByTime(5 * SECOND)
    expect(lifecycle.weight).toBe(0.5)
  })

  test('climbs from the recovery on, though nobody asks when it happens', async () => {
    let isDown = false
    const { lifecycle } = await serve({ slowStart, dependencies: [checked(() => isDown, { scope: 'local' })] })
    await vi.advanceTimersByTimeAsync(20 * SECOND)
    isDown = true
    await vi.advanceTimersByTimeAsync(5 * SECOND)
    isDown = false
    let recoveredAt = 0
    lifecycle.on('health', () => (recoveredAt = performance.now()))
    await vi.advanceTimersByTimeAsync(5 * SECOND)

    expect(recoveredAt).toBeGreaterThan(0)
    expect(lifecycle.weight).toBeCloseTo((performance.now() - recoveredAt) / (10 * SECOND), 5)
  })
})
