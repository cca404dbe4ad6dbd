import { expect } from 'vitest'

import type { Rehearsal } from './rehearse.ts'

/** The shop plans with all the time it is given until the kill, less what it keeps free at the end, and not with more. */
export function expectPlanToFill(graceSeconds: number, { record }: Rehearsal): void {
  const { lameDuck, drain, close } = record
  const margin = Math.min(1_000, 50 * graceSeconds)
  expect(lameDuck.plannedMs + drain.plannedMs + close.plannedMs + margin).toBe(1_000 * graceSeconds)
}
