import { expect } from 'vitest'

import type { RollingResult } from './rolling-restarts.ts'

/** Prints what came of it; nothing may have been lost but what no process has accepted. */
export function expectNothingLost(title: string, { verdict, frontLog, departed }: RollingResult): void {
  const { sent, answered, neverAccepted } = verdict
  const served = departed.map(({ record }) => record?.requests.finished ?? 0)
  console.log(
    `${title}: ${departed.length} departures, ${sent} POSTs, ${answered} answered, ` +
      `${neverAccepted.length} on connections never accepted, ${frontLog.triedElsewhere} refused and tried elsewhere, ` +
      `${served.reduce((sum, count) => sum + count, 0)} answered by instances that were leaving`,
  )
  expect(verdict).toMatchObject({ unanswered: [], repeated: [], lost: [] })
  expect(frontLog.failed.slice(neverAccepted.length)).toEqual([])
  expect(answered + neverAccepted.length).toBe(sent)
  // Without traffic on the way out the run has shown nothing.
  expect(Math.min(...served)).toBeGreaterThan(0)
}
