import { LifecycleError } from '@tidegate/core'
import type { CheckContext, WarmUpContext } from '@tidegate/core'

import { AMPLE_MS } from '../limits.ts'
import { createRecordingLogger } from '../recording-logger.ts'
import type { LogLine } from '../recording-logger.ts'

/** A context for every step, that keeps what the step says. */
export interface RecordingContext extends WarmUpContext, CheckContext {
  readonly lines: readonly LogLine[]
  /** What `progress` was told: `'3/10 connections'`. */
  readonly steps: readonly string[]
}

export interface StepContextOptions {
  /** What `remaining()` counts down from, in milliseconds. Default 20 s. */
  readonly limit?: number
  /** Ends the step. Default: one that aborts at the limit. */
  readonly signal?: AbortSignal
}

/** What the lifecycle would give a step, with limits of your own. */
export function createStepContext({
  limit = AMPLE_MS,
  signal = AbortSignal.timeout(limit),
}: StepContextOptions = {}): RecordingContext {
  const end = performance.now() + limit
  const { logger, lines } = createRecordingLogger()
  const steps: string[] = []
  return {
    signal,
    remaining: () => Math.max(0, end - performance.now()),
    abandonAfter: limit,
    logger,
    connectToSelf: async () => {
      throw new LifecycleError('TIDEGATE_CONFIG', 'a step context of the suites has no server to send requests to')
    },
    progress: (done, total, unit) => void steps.push(`${done}/${total}${unit === undefined ? '' : ` ${unit}`}`),
    lines,
    steps,
  }
}
