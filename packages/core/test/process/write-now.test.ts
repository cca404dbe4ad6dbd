import { writeSync } from 'node:fs'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { writeNow } from '../../src/process/write-now.ts'

vi.mock('node:fs', { spy: true })

let taken = ''

/** A pipe that takes so many bytes at each call, and has no room where it says 0. */
function pipeTakes(...counts: number[]): void {
  vi.mocked(writeSync).mockImplementation((_, bytes) => {
    const count = counts.shift() ?? 0
    if (count === 0) throw Object.assign(new Error('resource temporarily unavailable'), { code: 'EAGAIN' })
    taken += Buffer.from(bytes as unknown as Uint8Array)
      .subarray(0, count)
      .toString()
    return count
  })
}

beforeEach(() => {
  vi.clearAllMocks()
  taken = ''
})
afterEach(() => void vi.restoreAllMocks())

test('waits until a slow reader has taken the whole line', () => {
  pipeTakes(0, 4, 0, 0, 100)
  writeNow('last word', 1_000)
  expect(taken).toBe('last word\n')
})

test('begins a line of its own where another may be half out', () => {
  pipeTakes(100)
  vi.spyOn(process.stderr, 'writableLength', 'get').mockReturnValue(3)
  writeNow('last word', 1_000)
  expect(taken).toBe('\nlast word\n')
})

test('gives up when nothing is taken in time', () => {
  pipeTakes()
  const start = performance.now()
  writeNow('last word', 30)
  expect(performance.now() - start).toBeGreaterThan(29)
  expect(taken).toBe('')
})

test('gives up at once when the reader has gone', () => {
  vi.mocked(writeSync).mockImplementation(() => {
    throw Object.assign(new Error('broken pipe'), { code: 'EPIPE' })
  })
  writeNow('last word', 60_000)
  expect(vi.mocked(writeSync)).toHaveBeenCalledTimes(1)
})
