import type { Lifecycle } from '@tidegate/core'

import type { KoaContext, Middleware } from './middleware.ts'

/**
 * Answers probes and keeps the warm-up gate. On a server opened by `lifecycle.listen` or given to `lifecycle.attach` both
 * have happened ahead of Koa; this is for apps that are called otherwise (supertest, another framework), and lets the
 * lifecycle find a server that nobody attached. Put it before everything else.
 */
export function tidegate(lifecycle: Lifecycle): Middleware {
  return (context, next) => {
    const handled = lifecycle.handle(context.req, context.res)
    if (handled === false) return next()
    if (handled === true) return leave(context)
    return goOnUnless(handled, context, next)
  }
}

/** The request has waited for the warm-up. */
async function goOnUnless(
  answered: Promise<boolean>,
  context: KoaContext,
  next: () => Promise<unknown>,
): Promise<unknown> {
  return (await answered) ? leave(context) : next()
}

/** What has been answered is not Koa's to answer. */
function leave(context: KoaContext): void {
  context.respond = false
}
