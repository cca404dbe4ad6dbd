import type { StepContext } from '@tidegate/core'

/** A signal that aborts a little before the step's own limit, and what clears its timer. */
export interface Deadline {
  readonly signal: AbortSignal
  clear(): void
}

/** At most this long, and at most a tenth of what there is, is kept for cutting off what is left. */
const MAX_RESERVE_MS = 250

/** So that a step can fall back, and say what it was waiting for, while it is still within its limit. */
export function createDeadline(context: StepContext): Deadline {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new Error('the limit is near'))
  const left = context.remaining()
  const timer = setTimeout(abort, left - Math.min(MAX_RESERVE_MS, left / 10))
  if (context.signal.aborted) abort()
  else context.signal.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      context.signal.removeEventListener('abort', abort)
    },
  }
}
