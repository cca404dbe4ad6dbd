import { expect } from 'vitest'

import type { Rehearsal } from './rehearse.ts'

/** The numbers of a load balancer and its target group; times in seconds. */
export interface Alb {
  readonly interval: number
  readonly timeout: number
  readonly unhealthyThreshold: number
  readonly deregistrationDelay: number
  readonly idleTimeout: number
}

/** It has noticed an instance that is leaving before that closes its port. */
export function expectAlbToNotice({ interval, timeout, unhealthyThreshold }: Alb, { record }: Rehearsal): void {
  expect(timeout).toBeLessThan(interval)
  expect(1_000 * (interval * unhealthyThreshold + timeout)).toBeLessThanOrEqual(record.lameDuck.plannedMs)
}

/** It lets every request end that the shop would have answered. */
export function expectAlbToLetRequestsEnd({ deregistrationDelay }: Alb, { record }: Rehearsal): void {
  expect(1_000 * deregistrationDelay).toBeGreaterThanOrEqual(record.lameDuck.plannedMs + record.drain.plannedMs)
}

/** It closes an idle connection before the shop does. */
export function expectAlbToCloseFirst({ idleTimeout }: Alb, { warming }: Rehearsal): void {
  for (const { keepAliveMs } of Object.values(warming)) expect(keepAliveMs).toBeGreaterThan(1_000 * idleTimeout)
}
