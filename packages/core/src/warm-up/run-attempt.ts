import { setMaxListeners } from 'node:events'

import type { WarmUpContext } from '../dependency.ts'
import type { Logger } from '../logger.ts'
import { withFields } from '../logger.ts'
import type { ResolvedDependency } from '../options/resolved-options.ts'
import type { SelfConnection, SelfConnectOptions } from '../self/connect-to-self.ts'
import { untilAborted } from '../until-aborted.ts'
import { limitAttempt } from './limit-attempt.ts'

export interface AttemptInit extends Pick<WarmUpContext, 'recovered' | 'retry'> {
  readonly dependency: ResolvedDependency
  readonly logger: Logger
  /** Gives the attempt up, with its reason. */
  readonly signal: AbortSignal
  connectToSelf(options: SelfConnectOptions): Promise<SelfConnection>
  /** Never called once the attempt has ended. */
  onProgress(done: number, total: number, unit: string | undefined): void
}

/**
 * One attempt to warm a dependency up; rejects at its limit even when the attempt itself never ends. What it says then of
 * what it was waiting for is the better reason.
 */
export async function runAttempt({
  dependency,
  logger,
  signal,
  connectToSelf,
  onProgress,
  recovered,
  retry,
}: AttemptInit): Promise<void> {
  const { controller, timer, remaining } = limitAttempt('its warm-up', dependency.limits.warmUp)
  // One for each connection that is being opened is no leak.
  setMaxListeners(0, controller.signal)
  const giveUp = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  if (signal.aborted) giveUp()
  let over = false
  let running: Promise<void> = Promise.resolve()
  const context: WarmUpContext = {
    signal: controller.signal,
    remaining,
    logger: withFields(logger, { dependency: dependency.name }),
    // A late word from an attempt that was given up says nothing of the next.
    progress: (done, total, unit) => {
      if (!over) onProgress(done, total, unit)
    },
    connectToSelf: (options) => connectToSelf({ signal: controller.signal, ...options }),
    ...(recovered !== undefined && { recovered }),
    ...(retry !== undefined && { retry }),
  }
  try {
    running = Promise.resolve(dependency.warmUp?.(context))
    await untilAborted(running, controller.signal)
  } catch (error) {
    throw error === controller.signal.reason && !signal.aborted ? await lastWord(running, error) : error
  } finally {
    over = true
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

/** What it fails with at once when that is an error of ours; what a driver says of being aborted is no news. */
async function lastWord(running: Promise<void>, late: unknown): Promise<unknown> {
  // When every promise has settled that the abort has settled.
  const silence = new Promise<undefined>((resolve) => process.nextTick(resolve, undefined))
  const said: unknown = await Promise.race([
    running.then(
      () => undefined,
      (error: unknown) => error,
    ),
    silence,
  ])
  const { name } = (said ?? {}) as Partial<Error>
  return name === 'LifecycleError' ? said : late
}
