import fc from 'fast-check'
import { expect, test } from 'vitest'

import { createServerClock } from '../src/server-clock.ts'

const ms = fc.integer({ min: 0, max: 10_000 })

test('whatever the clocks show and however long the exchange took, the true moment is never outside', () => {
  fc.assert(
    fc.property(fc.integer(), ms, ms, ms, (offset, askedAt, there, back) => {
      const readAt = askedAt + there
      const clock = createServerClock(readAt + offset, askedAt, readAt + back)
      for (const local of [askedAt, askedAt + 5_000]) {
        expect(clock.earliest(local)).toBeLessThanOrEqual(local + offset)
        expect(clock.latest(local)).toBeGreaterThanOrEqual(local + offset)
      }
    }),
  )
})
