import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { formatDuration, parseDuration } from '../../src/options/duration.ts'

describe('parseDuration', () => {
  test.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0s', 0],
    ['0.25m', 15_000],
    ['1.005s', 1_005],
    [0, 0],
    [1_500, 1_500],
    [0.5, 0.5],
  ])('reads %j as %d ms', (written, milliseconds) => {
    expect(parseDuration(written)).toBe(milliseconds)
  })

  test.each([
    '',
    '5',
    's',
    '5 s',
    ' 5s',
    '5s\n',
    '-5s',
    '+5s',
    '.5s',
    '5.s',
    '1e3ms',
    '5S',
    '5sec',
    '1m30s',
    '5d',
    '٣s',
    `${'9'.repeat(400)}h`,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    5n,
    true,
    null,
    undefined,
    ['5s'],
    { valueOf: () => 5 },
  ])('does not read %o', (written) => {
    expect(parseDuration(written)).toBeUndefined()
  })

  test('rounds to the whole milliseconds that timers count in', () => {
    expect(parseDuration('0.0014s')).toBe(1)
  })

  test('never reads anything but a whole, non-negative number out of a string', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-\d.]{0,6}(ms|s|m|h)?$/)), (written) => {
        const milliseconds = parseDuration(written)
        expect(milliseconds === undefined || (Number.isInteger(milliseconds) && milliseconds >= 0)).toBe(true)
      }),
    )
  })
})

describe('formatDuration', () => {
  test.each([
    [0, '0ms'],
    [250, '250ms'],
    [999.6, '1s'],
    [1_000, '1s'],
    [1_500, '1.5s'],
    [90_000, '90s'],
    [120_000, '2m'],
    [5_400_000, '90m'],
    [7_200_000, '2h'],
  ])('writes %d ms as %s', (milliseconds, written) => {
    expect(formatDuration(milliseconds)).toBe(written)
  })

  test('writes what parseDuration reads back', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds)
      }),
    )
  })
})
