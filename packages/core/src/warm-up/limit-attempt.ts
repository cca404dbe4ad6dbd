import { LifecycleError } from '../errors.ts'
import { formatDuration } from '../options/duration.ts'

export interface AttemptLimit {
  readonly controller: AbortController
  /** Aborts the controller at the limit. */
  readonly timer: NodeJS.Timeout
  /** Milliseconds until then; never below 0. */
  remaining(): number
}

/** @param what took too long, for the error that the attempt is aborted with. */
export function limitAttempt(what: string, limit: number): AttemptLimit {
  const end = performance.now() + limit
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const advice = 'raise warmUp.timeout or its limits.warmUp if it needs longer'
    const message = `${what} took longer than ${formatDuration(limit)}; ${advice}`
    controller.abort(new LifecycleError('TIDEGATE_TIMEOUT', message))
  }, limit)
  return { controller, timer, remaining: () => Math.max(0, end - performance.now()) }
}
