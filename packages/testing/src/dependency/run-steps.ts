import type { CheckContext, CheckResult, Dependency, StageContext, WarmUpContext } from '@tidegate/core'

import { createStepContext } from './step-context.ts'

/** Runs the warm-up, if there is one. */
export async function runWarmUp(dependency: Dependency, context: WarmUpContext = createStepContext()): Promise<void> {
  await dependency.warmUp?.(context)
}

/** Runs the check as the lifecycle would, where nothing is a pass and a throw a fail. Never rejects. */
export async function runCheck(
  dependency: Dependency,
  context: CheckContext = createStepContext(),
): Promise<CheckResult> {
  try {
    return (await dependency.check?.(context)) ?? { status: 'pass' }
  } catch (error) {
    return { status: 'fail', message: error instanceof Error ? error.message : String(error) }
  }
}

/** Runs the close, if there is one. */
export async function runClose(dependency: Dependency, context: StageContext = createStepContext()): Promise<void> {
  await dependency.close?.(context)
}
