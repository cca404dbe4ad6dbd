import type { CheckResult, Dependency } from '@tidegate/core'
import { createStepContext, runCheck } from '@tidegate/testing'
import { onTestFinished } from 'vitest'

/** Runs the check once, as the lifecycle would. */
export function check(dependency: Dependency, limit?: number): Promise<CheckResult> {
  return runCheck(dependency, createStepContext(limit === undefined ? {} : { limit }))
}

/** Closes it when the test is over. */
export function closing<Checked extends Dependency>(dependency: Checked): Checked {
  onTestFinished(async () => dependency.close?.(createStepContext()))
  return dependency
}

/** Runs the check until it says `status`; rejects with what it last said when the machine has had ample time for it. */
export async function checkUntil(dependency: Dependency, status: CheckResult['status']): Promise<CheckResult> {
  const end = performance.now() + 20_000
  for (;;) {
    const result = await check(dependency)
    if (result.status === status) return result
    if (performance.now() > end) throw new Error(`it never says ${status}; last ${JSON.stringify(result)}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 150)
    })
  }
}
