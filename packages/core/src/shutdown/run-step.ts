import { createDeferred } from '../deferred.ts'
import type { StageContext } from '../dependency.ts'
import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'
import { formatDuration } from '../options/duration.ts'
import type { StepRecord } from './drain-record.ts'

export interface StepInit {
  readonly step: StepRecord['step']
  readonly name: string
  /** `Infinity` for none. */
  readonly limitMs: number
  readonly logger: Logger
  /** Brings the limit forward when it aborts: the step is told at once, and has one turn to end. */
  readonly hurry?: AbortSignal
  run(context: StageContext): Promise<void> | void
}

/** The shortest that a timer takes. */
const TIMER_MS = 1

/** Runs one step of the shutdown within its limit and says how it went; never rejects. */
export async function runStep({ step, name, limitMs, logger, hurry, run }: StepInit): Promise<StepRecord> {
  const start = performance.now()
  const controller = new AbortController()
  const context: StageContext = {
    signal: controller.signal,
    remaining: () => Math.max(0, limitMs - (performance.now() - start)),
    logger,
  }
  let failure: unknown
  let settledAt: number | undefined
  const running = Promise.resolve(undefined)
    .then(() => run(context))
    .then(
      () => {
        settledAt = performance.now()
      },
      (error: unknown) => {
        settledAt = performance.now()
        failure = error ?? new Error('rejected without a reason')
      },
    )
  const limit = createDeferred()
  const timer = limitMs === Infinity ? undefined : setTimeout(limit.resolve, limitMs)
  const hasten = (): void => {
    controller.abort(new LifecycleError('TIDEGATE_TIMEOUT', `${step} of ${name} was told to hurry, and did not end`))
    setImmediate(limit.resolve)
  }
  hurry?.addEventListener('abort', hasten, { once: true })
  // It may have begun only after the hurry.
  if (hurry?.aborted) hasten()
  await Promise.race([running, limit.promise])
  clearTimeout(timer)

  // One that has blocked the loop settles ahead of the timer, however late.
  const overran = settledAt === undefined || settledAt - start > Math.max(limitMs, TIMER_MS)
  if (overran && !controller.signal.aborted) {
    controller.abort(
      new LifecycleError('TIDEGATE_TIMEOUT', `${step} of ${name} took longer than ${formatDuration(limitMs)}`),
    )
    // One turn, in which a step that minds its signal can say what it was waiting for.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const outcome = overran ? 'overran' : failure === undefined ? 'done' : 'failed'
  const error = failure ?? (overran ? controller.signal.reason : undefined)
  return {
    step,
    name,
    plannedMs: Math.round(limitMs),
    durationMs: Math.round(performance.now() - start),
    outcome,
    ...(error === undefined ? {} : { error: failureMessage(error) }),
  }
}
