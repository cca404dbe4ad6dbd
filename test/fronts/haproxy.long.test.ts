import { expect, test } from 'vitest'

import { expectNothingLost } from './expect-nothing-lost.ts'
import { haproxyWithoutRetries } from './front.ts'
import { runRollingRestarts } from './rolling-restarts.ts'

const ROLLS = 10
const LIMIT_MS = 15 * 60_000

test('loses no POST in 10 rolling restarts with the defaults of both sides', { timeout: LIMIT_MS }, async () => {
  const result = await runRollingRestarts({
    startFront: (servers) => haproxyWithoutRetries(servers),
    // HAProxy needs 3 checks, 2 s apart, to take an instance out; a service that is checked serves for 10 s more.
    shutdown: {},
    opens: 'at-once',
    rolls: ROLLS,
  })

  expectNothingLost('HAProxy, checks every 2 s', result)
  expect(result.verdict.neverAccepted).toEqual([])
  expect(result.departed.map(({ record }) => record?.lameDuck.plannedMs)).toEqual(result.departed.map(() => 10_000))
})

test('loses no POST in 10 rolling restarts with checks every 500 ms', { timeout: LIMIT_MS }, async () => {
  const result = await runRollingRestarts({
    startFront: (servers) => haproxyWithoutRetries(servers, { 'inter 2s': 'inter 500ms' }),
    shutdown: { lameDuck: '2s' },
    opens: 'at-once',
    rolls: ROLLS,
  })

  expectNothingLost('HAProxy, checks every 500 ms', result)
  expect(result.verdict.neverAccepted).toEqual([])
})
