import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { OutlierRecord } from '../src/outlier-record.ts'

const RULES = { consecutive: 5, base: 30_000, max: 300_000 }

/** Feeds answers, one per letter: `x` is a bad one. */
function feed(record: OutlierRecord, answers: string, now = 0): boolean[] {
  return [...answers].map((answer) => record.answered(answer === 'x', now))
}

describe('the record of an instance', () => {
  test('says so at the fifth bad answer in a row, and a good one begins anew', () => {
    expect(feed(new OutlierRecord(RULES), 'xxxx.xxxxx').indexOf(true)).toBe(9)
  })

  test('on trial the first bad answer is enough, and five good ones in a row, or the time of one ejection, end it', () => {
    const record = new OutlierRecord(RULES)
    record.back(0)
    expect(feed(record, '....x').at(-1)).toBe(true)
    record.back(0)
    expect(feed(record, '.....x').at(-1)).toBe(false)
    record.back(0)
    expect(feed(record, 'x', RULES.base - 1)).toEqual([true])
    record.back(0)
    expect(feed(record, 'x', RULES.base)).toEqual([false])
  })

  test('ejections double up to the longest', () => {
    const record = new OutlierRecord(RULES)
    const lengths = Array.from({ length: 6 }, () => {
      const length = record.ejected(0)
      record.back(0)
      return length / 1_000
    })
    expect(lengths).toEqual([30, 60, 120, 240, 300, 300])
  })

  test('each time of one ejection that went well takes one doubling back', () => {
    const record = new OutlierRecord(RULES)
    for (let time = 0; time < 3; time++) record.ejected(0)
    record.back(0)
    expect(record.ejected(2 * RULES.base) / 1_000).toBe(60)
    record.back(0)
    expect(record.ejected(100 * RULES.base) / 1_000).toBe(30)
  })

  test('whatever happens, an ejection takes enough bad answers in a row or a trial, and lasts from base to max', () => {
    const step = fc.record({ bad: fc.boolean(), pause: fc.integer({ min: 0, max: 60_000 }) })
    const rules = fc.record({
      consecutive: fc.integer({ min: 1, max: 6 }),
      base: fc.integer({ min: 1, max: 60_000 }),
      max: fc.integer({ min: 60_000, max: 600_000 }),
    })
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 200 }), (given, steps) => {
        const record = new OutlierRecord(given)
        let now = 0
        let inARow = 0
        let backAt = -Infinity
        for (const { bad, pause } of steps) {
          now += pause
          inARow = bad ? inARow + 1 : 0
          const mayBeOnTrial = now - backAt < given.base
          if (!record.answered(bad, now)) {
            expect(inARow).toBeLessThan(given.consecutive)
            continue
          }
          expect(bad && (inARow >= given.consecutive || mayBeOnTrial)).toBe(true)
          const length = record.ejected(now)
          expect(length).toBeGreaterThanOrEqual(given.base)
          expect(length).toBeLessThanOrEqual(given.max)
          now += length
          backAt = now
          inARow = 0
          record.back(now)
        }
      }),
    )
  })
})
