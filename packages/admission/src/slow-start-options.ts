import { assertDependencyOptions, lifecycleFaults } from '@tidegate/core'
import type { Duration, Lifecycle, OptionRule } from '@tidegate/core'

import { RETRY_AFTER, toSeconds } from './retry-after.ts'

export interface SlowStartOptions {
  /** How many requests at once a warm instance answers well. Required. */
  readonly concurrency: number
  /** What a refused client is told to wait, in whole seconds. Default `'1s'`. */
  readonly retryAfter?: Duration | undefined
}

export interface ResolvedSlowStartOptions {
  readonly concurrency: number
  readonly retryAfterSeconds: number
}

const RULES: Readonly<Record<keyof SlowStartOptions, OptionRule>> = {
  concurrency: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    what: 'a whole number of at least 1',
  },
  retryAfter: RETRY_AFTER,
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function readSlowStartOptions(lifecycle: Lifecycle, options: SlowStartOptions): ResolvedSlowStartOptions {
  const { concurrency, retryAfter = '1s' } = options ?? {}
  const faults = lifecycleFaults(lifecycle)
  if (concurrency === undefined) {
    faults.push('options.concurrency is missing; say how many requests at once a warm instance answers well')
  }
  assertDependencyOptions({ call: 'slowStart(lifecycle, options)', options, common: [], own: { ...RULES }, faults })
  return { concurrency, retryAfterSeconds: toSeconds(retryAfter) }
}
