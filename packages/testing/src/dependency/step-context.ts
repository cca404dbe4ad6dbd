import { LifecycleError } from '@tidegate/core'
import type { CheckContext, Logger, WarmUpContext } from '@tidegate/core'

import { AMPLE_MS } from '../limits.ts'

/** One line as a logger was given it. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

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
  const lines: LogLine[] = []
  const steps: string[] = []
  return {
    signal,
    remaining: () => Math.max(0, end - performance.now()),
    abandonAfter: limit,
    logger: recordingLogger(lines),
    connectToSelf: async () => {
      throw new LifecycleError('TIDEGATE_CONFIG', 'a step context of the suites has no server to send requests to')
    },
    progress: (done, total, unit) => void steps.push(`${done}/${total}${unit === undefined ? '' : ` ${unit}`}`),
    lines,
    steps,
  }
}

function recordingLogger(lines: LogLine[]): Logger {
  const record =
    (level: LogLine['level']): Logger['info'] =>
    (fields, message) =>
      void lines.push({ level, fields, message })
  return { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') }
}
