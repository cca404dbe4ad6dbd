import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { createRecordingLogger } from '@tidegate/testing'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { overload } from '../src/index.ts'
import type { OverloadOptions } from '../src/index.ts'
import { readOverloadOptions } from '../src/overload-options.ts'
import { LoadShedding } from '../src/overload.ts'

const AMPLE = 20_000

describe('by what the meter reads', () => {
  const load = { delay: 0, longest: 0, utilization: 0 }
  let stopped = 0

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    Object.assign(load, { delay: 0, utilization: 0 })
    stopped = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  async function shed(options: OverloadOptions): Promise<Lifecycle> {
    const { logger } = createRecordingLogger()
    const lifecycle = createLifecycle({ shutdown: { signals: false }, logger })
    void new LoadShedding(lifecycle, readOverloadOptions(lifecycle, options), () => ({
      read: () => load,
      stop: () => {
        stopped += 1
      },
    }))
    expect(vi.getTimerCount()).toBe(0)
    await lifecycle.start()
    await lifecycle.whenReady()
    onTestFinished(async () => void (await lifecycle.shutdown()))
    return lifecycle
  }

  function reads(lifecycle: Lifecycle, next: Partial<typeof load>): number | undefined {
    Object.assign(load, next)
    vi.advanceTimersByTime(500)
    return lifecycle.probe({ url: '/orders' })?.status
  }

  test('it begins above enter and is over at leave', async () => {
    const lifecycle = await shed({ eventLoopDelay: { enter: 100, leave: 40 }, retryAfter: '3s' })

    const statuses = [100, 101, 70, 41, 40, 100, 101].map((delay) => reads(lifecycle, { delay }))
    expect(statuses).toEqual([undefined, 503, 503, 503, undefined, undefined, 503])
    expect(lifecycle.probe({ url: '/orders' })).toMatchObject({ headers: { 'retry-after': '3' } })
    expect(lifecycle.probe({ url: '/readyz' })).toMatchObject({ status: 200 })
    expect(lifecycle.ready).toBe(true)
  })

  test('one number is over at a share of it', async () => {
    const lifecycle = await shed({ eventLoopDelay: '100ms', eventLoopUtilization: 0.9 })

    expect(reads(lifecycle, { delay: 101 })).toBe(503)
    expect(reads(lifecycle, { delay: 51 })).toBe(503)
    expect(reads(lifecycle, { delay: 50 })).toBeUndefined()
    expect(reads(lifecycle, { utilization: 0.91 })).toBe(503)
    expect(reads(lifecycle, { utilization: 0.82 })).toBe(503)
    expect(reads(lifecycle, { utilization: 0.81 })).toBeUndefined()
  })

  test('what is off is not looked at', async () => {
    const lifecycle = await shed({ eventLoopDelay: false, eventLoopUtilization: 0.9 })
    expect(reads(lifecycle, { delay: 60_000 })).toBeUndefined()
  })

  test('readiness follows only when that is asked for', async () => {
    const lifecycle = await shed({ readiness: true })

    reads(lifecycle, { delay: 501 })
    expect(lifecycle.report().reasons).toEqual(['held: overload'])
    reads(lifecycle, { delay: 0 })
    expect(lifecycle.ready).toBe(true)
  })

  test('it ends with the lifecycle', async () => {
    const lifecycle = await shed({ readiness: true })
    reads(lifecycle, { delay: 501 })
    await lifecycle.shutdown()

    expect(stopped).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
    expect(lifecycle.probe({ url: '/orders' })).toBeUndefined()
  })
})

test('a real loop that is blocked again and again refuses requests and answers probes, until it is not any more', async () => {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
  const remove = overload(lifecycle, { eventLoopDelay: '100ms' })
  const server = await lifecycle.listen((_request, response) => response.end('served'), 0, '127.0.0.1')
  onTestFinished(async () => void (await lifecycle.shutdown()))
  await lifecycle.whenReady()
  const status = async (path: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    await answer.arrayBuffer()
    return answer.status
  }
  const untilAnswered = (expected: number): Promise<void> =>
    vi.waitFor(async () => expect(await status('/')).toBe(expected), { timeout: AMPLE, interval: 100 })
  // Other tests may keep the machine busy.
  await untilAnswered(200)

  let busy = true
  const block = (): void => {
    const end = performance.now() + 250
    while (performance.now() < end);
    if (busy) setImmediate(block)
  }
  block()
  await untilAnswered(503)
  expect(await status('/readyz')).toBe(200)

  busy = false
  await untilAnswered(200)
  remove()
})

test.each([
  [900, 100],
  [2_000, 300],
  [4_000, 600],
])(
  'a real loop that is blocked for %i ms and free for %i ms, again and again, is overloaded',
  async (blocked, free) => {
    const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
    overload(lifecycle)
    await lifecycle.start()
    onTestFinished(async () => void (await lifecycle.shutdown()))
    await lifecycle.whenReady()

    const refused: boolean[] = []
    for (let time = 0; time < 4; time++) {
      const end = performance.now() + blocked
      while (performance.now() < end);
      await pause(free / 4)
      refused.push(lifecycle.probe({ url: '/orders' })?.status === 503)
      await pause((free * 3) / 4)
    }
    // It may have been read just before the first block.
    expect(refused.slice(1)).toEqual([true, true, true])
  },
  60_000,
)

test('what cannot work is refused, with every fault', () => {
  const lifecycle = createLifecycle({ logger: false })
  const faultOf = (options: unknown): string => {
    try {
      overload(lifecycle, options as OverloadOptions)
    } catch (error) {
      return String(error)
    }
    return ''
  }
  const fault = faultOf({
    eventLoopDelay: { enter: 10, leave: 20 },
    eventLoopUtilization: 1,
    retryAfter: 5,
    shed: true,
  })
  for (const part of [
    'eventLoopDelay',
    'eventLoopUtilization is 1',
    'retryAfter is 5',
    'options.shed is not an option',
  ]) {
    expect(fault).toContain(part)
  }
  expect(faultOf({ eventLoopDelay: false })).toContain('nothing would be looked at')
})
