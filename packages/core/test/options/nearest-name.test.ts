import fc from 'fast-check'
import { expect, test } from 'vitest'

import { nearestName } from '../../src/options/nearest-name.ts'

const NAMES = ['gracePeriod', 'preStop', 'margin', 'lameDuck', 'linger', 'close', 'redis', 'postgres']

test.each([
  ['gracePerod', 'gracePeriod'],
  ['graceperiod', 'gracePeriod'],
  ['grace_period', 'gracePeriod'],
  ['lameDcuk', 'lameDuck'],
  ['pre-stop', 'preStop'],
  ['postgers', 'postgres'],
  ['rediss', 'redis'],
])('takes %s for %s', (written, meant) => {
  expect(nearestName(written, NAMES)).toBe(meant)
})

test.each(['', 'db', 'mongo', 'timeout', 'shutdown'])('takes %j for none of them', (written) => {
  expect(nearestName(written, NAMES)).toBeUndefined()
})

test('prefers the nearer of two, and the first of equally near ones', () => {
  expect(nearestName('catalogs', ['catalog-ab', 'catalog'])).toBe('catalog')
  expect(nearestName('cache-3', ['cache-1', 'cache-2'])).toBe('cache-1')
})

test('only ever answers with a candidate, and finds each by its own name', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (written, candidates) => {
      expect([undefined, ...candidates]).toContain(nearestName(written, candidates))
      for (const candidate of candidates) expect(nearestName(candidate, candidates)).toBe(candidate)
    }),
  )
})
