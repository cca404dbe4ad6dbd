import type { Lifecycle } from '@tidegate/core'

import type { Middleware } from './middleware.ts'

/**
 * Answers probes and keeps the warm-up gate. On a server opened by `lifecycle.listen` or given to `lifecycle.attach` both
 * have happened ahead of Express; this is for apps that are called otherwise (supertest, another framework), and lets
 * the lifecycle find a server that nobody attached. Put it before everything else.
 */
export function tidegate(lifecycle: Lifecycle): Middleware {
  return (request, response, next) => {
    const handled = lifecycle.handle(request, response)
    if (handled === false) return next()
    if (handled !== true) void goOnUnless(handled, next)
  }
}

/** The request has waited for the warm-up. */
async function goOnUnless(answered: Promise<boolean>, next: () => void): Promise<void> {
  if (!(await answered)) next()
}
