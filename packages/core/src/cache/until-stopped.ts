import type { Logger } from '../logger.ts'
import { settledWithin } from '../settled-within.ts'
import { untilAborted } from '../until-aborted.ts'
import { GRACE } from './grace.ts'

/** What the load settles with; or, once the signal has aborted, its reason when the load has stopped or had its grace. */
export async function untilStopped<Value>(
  loading: Promise<Value>,
  signal: AbortSignal,
  logger: Logger,
): Promise<Value> {
  try {
    return await untilAborted(loading, signal)
  } catch (error) {
    if (signal.aborted && !(await settledWithin(loading, GRACE))) {
      logger.warn({}, 'the load goes on although its signal has aborted; let it stop what it does by then')
    }
    throw error
  }
}
