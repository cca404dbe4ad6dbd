import fc from 'fast-check'
import { expect, it } from 'vitest'

import { Level } from '../src/level.ts'

function statuses(values: readonly number[], plan: ConstructorParameters<typeof Level>[0]): string[] {
  const level = new Level(plan)
  return values.map((value) => {
    level.set(value)
    return level.status
  })
}

it('leaves a threshold only well below it', () => {
  const plan = { warnAt: 100, failAt: 200, hysteresis: 0.2 }

  expect(statuses([99, 100, 81, 79, 100, 200, 161, 159, 85, 79], plan)).toEqual(
    'pass warn warn pass warn fail fail warn warn pass'.split(' '),
  )
})

it('never fails without a threshold to fail at', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true })), (values) => {
      expect(statuses(values, { warnAt: 1, failAt: false, hysteresis: 0.5 })).not.toContain('fail')
    }),
  )
})

it('says what the value alone says when it is outside of every band', () => {
  const far = fc.constantFrom(10, 150, 300)
  fc.assert(
    fc.property(fc.array(far, { minLength: 1 }), (values) => {
      const expected = values.map((value) => (value >= 200 ? 'fail' : value >= 100 ? 'warn' : 'pass'))
      expect(statuses(values, { warnAt: 100, failAt: 200, hysteresis: 0.2 })).toEqual(expected)
    }),
  )
})
