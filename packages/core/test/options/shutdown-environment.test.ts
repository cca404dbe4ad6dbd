import { afterEach, expect, test, vi } from 'vitest'

import { resolveOptions } from '../../src/options/resolve-options.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('a variable wins over the option', () => {
  vi.stubEnv('TIDEGATE_GRACE_PERIOD', '60s')
  vi.stubEnv('TIDEGATE_LAME_DUCK', 'false')
  vi.stubEnv('TIDEGATE_LONG_LIVED', '2500')

  const { shutdown } = resolveOptions({ shutdown: { gracePeriod: '10s', lameDuck: '5s', requests: '4s' } })

  expect(shutdown).toMatchObject({ gracePeriod: 60_000, lameDuck: false, longLived: 2_500, requests: 4_000 })
})

test('an empty variable is none', () => {
  vi.stubEnv('TIDEGATE_GRACE_PERIOD', '')
  expect(resolveOptions().shutdown.gracePeriod).toBe(30_000)
})

test('faults name the variable, and misspelt ones are refused', () => {
  vi.stubEnv('TIDEGATE_GRACE_PERIOD', '30')
  vi.stubEnv('TIDEGATE_LAMEDUCK', '5s')
  vi.stubEnv('TIDEGATE_CLOSE', 'soon')
  vi.stubEnv('TIDEGATE_OF_SOMEBODY_ELSE', 'anything')

  expect(() => resolveOptions()).toThrow(
    expect.objectContaining({
      code: 'TIDEGATE_CONFIG',
      message: [
        'createLifecycle was given options that cannot work:',
        "  TIDEGATE_LAMEDUCK: is no variable of Tidegate's; did you mean TIDEGATE_LAME_DUCK?",
        "  TIDEGATE_GRACE_PERIOD: 30 is in milliseconds; did you mean '30s'? (If not, write '30ms'.)",
        '  TIDEGATE_CLOSE: cannot be read as a duration: "soon"; write milliseconds as a number, or a string such as ' +
          "'250ms', '5s', '2m' or '1h'",
      ].join('\n'),
    }),
  )
})

test('a variable that does not fit with the rest is named', () => {
  vi.stubEnv('TIDEGATE_GRACE_PERIOD', '12s')
  vi.stubEnv('TIDEGATE_CLOSE', '4s')

  expect(() => resolveOptions({ shutdown: { lameDuck: '10s', linger: false } })).toThrow(
    'lameDuck 10s + linger 0ms + close 4s (TIDEGATE_CLOSE) = 14s do not fit into 11.4s, ' +
      'which is gracePeriod 12s (TIDEGATE_GRACE_PERIOD) − margin 600ms (default)',
  )
})
