import { describe, expect, test } from 'vitest'

import { Convergence } from '../src/self-requests/convergence.ts'

const judge = (latencies: readonly number[], tolerance = 0.1): boolean[] => {
  const convergence = new Convergence(tolerance)
  return latencies.map((latency) => convergence.add(latency))
}

describe('a latency has converged', () => {
  test('when it has stayed what it was twice in a row', () => {
    expect(judge([100, 50, 20, 19, 20])).toEqual([false, false, false, false, true])
  })

  test('not while it still changes by more than a tenth, in either direction', () => {
    expect(judge([100, 80, 95, 80, 100, 80])).not.toContain(true)
  })

  test('not when one change lies in between', () => {
    expect(judge([20, 20, 40, 40, 20, 20])).not.toContain(true)
  })

  test('by another measure, when one is given', () => {
    expect(judge([100, 70, 60], 0.4)).toEqual([false, false, true])
  })

  test('also when it jumps about below what can be measured', () => {
    expect(judge([0.1, 0.4, 0.2])).toEqual([false, false, true])
  })
})
