import { expect, test } from 'vitest'

import { expectNothingLost } from './expect-nothing-lost.ts'
import { haproxyWithoutRetries, nginx } from './front.ts'
import { runRollingRestarts } from './rolling-restarts.ts'

const ONE_RESTART = { rolls: 1, restarted: 1 }
const LIMIT_MS = 60_000

test(
  'loses no POST behind HAProxy without retries, which learns of the end by its checks',
  { timeout: LIMIT_MS },
  async () => {
    const result = await runRollingRestarts({
      ...ONE_RESTART,
      startFront: (servers) => haproxyWithoutRetries(servers, { 'inter 2s': 'inter 500ms' }),
      shutdown: { lameDuck: '2s' },
      opens: 'at-once',
    })

    expectNothingLost('HAProxy, checks every 500 ms', result)
    expect(result.verdict.neverAccepted).toEqual([])
    expect(result.frontLog.triedElsewhere).toBe(0)
  },
)

test('loses no POST behind nginx, which learns of the end by a refused connection', { timeout: LIMIT_MS }, async () => {
  const result = await runRollingRestarts({ ...ONE_RESTART, startFront: nginx, shutdown: {}, opens: 'warm' })

  expectNothingLost('nginx', result)
  expect(result.frontLog.triedElsewhere).toBeGreaterThan(0)
})
