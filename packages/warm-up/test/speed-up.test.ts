import { expect, test } from 'vitest'

import { describeSpeedUp, speedUp } from '../src/self-requests/speed-up.ts'

test('compares what all of the requests took at first and at last', () => {
  const requests = [
    { firstMs: 40, lastMs: 10 },
    { firstMs: 20, lastMs: 5 },
  ]
  expect(speedUp(requests)).toEqual({ firstMs: 30, lastMs: 7.5, timesFaster: 4 })
})

test('leaves out what could not be measured', () => {
  const requests = [
    { firstMs: 40, lastMs: 10 },
    { firstMs: undefined, lastMs: 0 },
  ]
  expect(speedUp(requests)).toEqual({ firstMs: 40, lastMs: 10, timesFaster: 4 })
})

test.each([
  [3.5, '3.5 times faster'],
  [1.1, '1.1 times faster'],
  [1, 'no faster than at first'],
  [0.8, 'no faster than at first'],
])('says of %d what it is', (timesFaster, said) => {
  expect(describeSpeedUp({ firstMs: 1, lastMs: 1, timesFaster })).toBe(said)
})
