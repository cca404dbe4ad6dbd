import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { staggerWindow } from '../src/stagger-window.ts'
import { stagger } from '../src/stagger.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** How many were visited when so much time has passed since the beginning. */
function visitedAfter(count: number, windowMs: number, times: readonly number[]): number[] {
  let visited = 0
  stagger(Array.from({ length: count }), windowMs, () => visited++)
  let now = 0
  return times.map((time) => {
    vi.advanceTimersByTime(time - now)
    now = time
    return visited
  })
}

test('the first is visited at once, the others evenly over the window', () => {
  expect(visitedAfter(20, 1_000, [0, 49, 50, 100, 499, 500, 949, 950])).toEqual([1, 1, 2, 3, 10, 11, 19, 20])
  expect(vi.getTimerCount()).toBe(0)
})

test('everybody in turn, once', () => {
  const visited: number[] = []
  stagger([1, 2, 3, 4, 5], 100, (item) => visited.push(item))
  vi.advanceTimersByTime(100)
  expect(visited).toEqual([1, 2, 3, 4, 5])
})

test('ten thousand are visited in groups, within the window', () => {
  const visits = visitedAfter(10_000, 5_000, [0, 10, 2_500, 4_990, 5_000])
  expect(visits.slice(0, 2)).toEqual([1, 21])
  expect(visits[2]).toBeCloseTo(5_000, -2)
  expect(visits[3]).toBeLessThan(10_000)
  expect(visits[4]).toBe(10_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('without a window all are visited at once, without a timer', () => {
  expect(visitedAfter(20, 0, [0])).toEqual([20])
  expect(vi.getTimerCount()).toBe(0)
})

test('nobody needs no timer', () => {
  expect(visitedAfter(0, 1_000, [0])).toEqual([0])
  expect(vi.getTimerCount()).toBe(0)
})

test('after a blocked event loop those who are overdue are visited, and nobody sooner', () => {
  let visited = 0
  stagger(Array.from({ length: 10 }), 1_000, () => visited++)
  const blockedUntil = performance.now() + 450
  const now = vi.spyOn(performance, 'now').mockReturnValue(blockedUntil)
  vi.advanceTimersByTime(100)
  now.mockRestore()
  expect(visited).toBe(5)
})

test('stopped, it visits nobody any more and leaves no timer', () => {
  let visited = 0
  const stop = stagger(Array.from({ length: 10 }), 1_000, () => visited++)
  vi.advanceTimersByTime(250)
  stop()
  vi.advanceTimersByTime(1_000)
  expect(visited).toBe(3)
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  [undefined, 14_000, 5_000],
  [undefined, 3_000, 1_500],
  ['2s', 14_000, 2_000],
  ['10s', 14_000, 7_000],
  [500, 14_000, 500],
  [false, 14_000, 0],
  [undefined, 0, 0],
] as const)('a stagger of %s has a window, of %s ms left, of %s ms', (given, left, window) => {
  expect(staggerWindow(given, left)).toBe(window)
})
