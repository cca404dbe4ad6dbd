import { describe, expect, test } from 'vitest'

import { readRequest } from '../src/self-requests/read-request.ts'
import { RehearsedRequest } from '../src/self-requests/rehearsed-request.ts'

function afterWindows(...windows: readonly (readonly number[])[]): RehearsedRequest {
  const one = new RehearsedRequest(readRequest('/products'))
  for (const window of windows) {
    one.beginWindow()
    for (const latency of window) one.answered(latency)
    one.endWindow()
  }
  return one
}

describe('a request never became faster', () => {
  test('when it takes what it took at first, give or take a fifth', () => {
    expect(afterWindows([300, 300, 300], [250, 250, 250]).neverBecameFaster).toBe(true)
    expect(afterWindows([300, 300, 300], [200, 200, 200]).neverBecameFaster).toBe(false)
  })

  test('when the first one alone took longer', () => {
    expect(afterWindows([900, 300, 300], [300, 300, 300]).neverBecameFaster).toBe(true)
  })

  test('unless it is so fast that there is nothing to be had', () => {
    expect(afterWindows([15, 15, 15], [15, 15, 15]).neverBecameFaster).toBe(false)
  })
})

describe('a request is given up', () => {
  test.each([
    [10, false],
    [2, true],
  ])('after %d windows without a good answer (none in time: %s)', (times, isTimeout) => {
    const one = afterWindows()
    for (let windows = 1; windows <= times; windows++) {
      expect(one.isGivenUp).toBe(false)
      one.beginWindow()
      for (let beside = 0; beside < 4; beside++) one.failed('it answered 500', isTimeout)
    }
    expect(one.isGivenUp).toBe(true)
  })

  test('never, when it was answered well once', () => {
    const one = afterWindows([1])
    for (let failures = 0; failures < 20; failures++) {
      one.beginWindow()
      one.failed('it answered 500', false)
    }
    expect(one.isGivenUp).toBe(false)
  })

  test('never for not being available yet', () => {
    const one = afterWindows()
    for (let times = 0; times < 20; times++) one.notAvailable()
    expect(one.isGivenUp).toBe(false)
  })
})
