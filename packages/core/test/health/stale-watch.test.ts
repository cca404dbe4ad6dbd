import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { StaleWatch } from '../../src/health/stale-watch.ts'
import { TURN } from './loop-fixture.ts'

function startWatch(isAsking = false): { watch: StaleWatch; onStale: ReturnType<typeof vi.fn> } {
  const onStale = vi.fn<() => void>()
  return { watch: new StaleWatch({ staleAfter: 31_000, timeout: 1_000, isAsking: () => isAsking, onStale }), onStale }
}

/** What a suspended process sees when it wakes up: the clock has moved on, and no timer has run. */
function suspendFor(ms: number): void {
  const now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now + ms)
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('StaleWatch', () => {
  it('says nothing before the first result', async () => {
    const { onStale } = startWatch()
    await vi.advanceTimersByTimeAsync(100_000)
    expect(onStale).not.toHaveBeenCalled()
  })

  it('speaks up once when the newest result has reached its age', async () => {
    const { watch, onStale } = startWatch()
    watch.touch()
    await vi.advanceTimersByTimeAsync(20_000)
    watch.touch()
    await vi.advanceTimersByTimeAsync(30_999)
    expect(onStale).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1 + TURN)
    expect(onStale).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(onStale).toHaveBeenCalledTimes(1)
  })

  it('grants one timeout when it is late itself', async () => {
    const { watch, onStale } = startWatch()
    watch.touch()
    suspendFor(90_000)
    await vi.advanceTimersByTimeAsync(31_000)
    expect(onStale).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(999)
    expect(onStale).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1 + 2 * TURN)
    expect(onStale).toHaveBeenCalledTimes(1)
  })

  it('grants one timeout, and no more, to a check that is being asked', async () => {
    const { watch, onStale } = startWatch(true)
    watch.touch()
    await vi.advanceTimersByTimeAsync(31_999 + TURN)
    expect(onStale).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1 + TURN)
    expect(onStale).toHaveBeenCalledTimes(1)
  })

  it('is content with a result that comes within the granted timeout', async () => {
    const { watch, onStale } = startWatch()
    watch.touch()
    suspendFor(90_000)
    await vi.advanceTimersByTimeAsync(31_500)
    vi.restoreAllMocks()
    watch.touch()
    await vi.advanceTimersByTimeAsync(30_999)
    expect(onStale).not.toHaveBeenCalled()
  })

  it('says nothing once it is stopped, and leaves no timer', async () => {
    const { watch, onStale } = startWatch()
    watch.touch()
    watch.stop()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(onStale).not.toHaveBeenCalled()
  })
})
