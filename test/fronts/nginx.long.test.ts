import { expect, test } from 'vitest'

import { expectNothingLost } from './expect-nothing-lost.ts'
import { nginx } from './front.ts'
import { runRollingRestarts } from './rolling-restarts.ts'

const ROLLS = 10
const LIMIT_MS = 15 * 60_000

test('loses no POST in 10 rolling restarts with the defaults of both sides', { timeout: LIMIT_MS }, async () => {
  const result = await runRollingRestarts({ startFront: nginx, shutdown: {}, opens: 'warm', rolls: ROLLS })

  expectNothingLost('nginx', result)
  // Each departure was found out by a refused connection, and by nothing else.
  expect(result.frontLog.triedElsewhere).toBeGreaterThanOrEqual(result.departed.length)
})
