import { LifecycleError } from '@tidegate/core'
import type { DrainRecord } from '@tidegate/core'

/** @throws {LifecycleError} `TIDEGATE_TIMEOUT`, naming every hook and dependency that has failed or overrun. */
export function assertSteps({ steps }: Pick<DrainRecord, 'steps'>): void {
  const failed = steps
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ step, name, outcome, error }) => [`${step} of ${name} ${outcome}`, error].filter(Boolean).join(': '))
  if (failed.length === 0) return
  throw new LifecycleError('TIDEGATE_TIMEOUT', `the shutdown was not clean: ${failed.join('; ')}`)
}
