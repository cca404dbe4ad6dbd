import { createLifecycle } from '@tidegate/core'
import { expect, it } from 'vitest'

import { readSettings } from '../src/settings.ts'
import { toLifecycleOptions } from '../src/to-lifecycle-options.ts'

const DAY_MS = 86_400_000

it.each([
  [undefined, { requests: 1_000, longLived: 1_000, linger: 500 }],
  [500, { requests: 500, longLived: 500, linger: 250 }],
  [4_000, { requests: 4_000, longLived: 4_000, linger: 1_000 }],
  [60_000, { requests: 60_000, longLived: 5_000, linger: 1_000 }],
  [0, { requests: 0, longLived: 0, linger: false }],
])(
  'gives requests the whole of a timeout of %s, long-lived ones 5 s, idle connections 1 s of it',
  (timeout, limits) => {
    const settings = readSettings(timeout === undefined ? {} : { timeout })
    expect(toLifecycleOptions(settings).shutdown).toMatchObject(limits)
  },
)

it.each([7 * DAY_MS, Infinity])('has no gracePeriod that a timeout of %s could outlast', (timeout) => {
  const options = toLifecycleOptions(readSettings({ timeout }))
  expect(Number(options.shutdown?.gracePeriod)).toBeGreaterThan(7 * DAY_MS)
  expect(() => createLifecycle(options)).not.toThrow()
})
