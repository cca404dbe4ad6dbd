import type { Lifecycle } from '@tidegate/core'

import type { Middleware } from './middleware.ts'

/**
 * Answers probes and keeps the warm-up gate. On a server opened by `lifecycle.listen` or given to `lifecycle.attach` both
 * have happened ahead of Koa; this is for apps that are called otherwise (supertest, another framework), and lets the
 * lifecycle find a server that nobody attached. Put it before everything else.
 */
export function tidegate(lifecycle: Lifecycle): Middleware {
  return (context, next) => {
    if (!lifecycle.handle(context.req, context.res)) return next()
    // What has been answered is not Koa's to answer.
    context.respond = false
  }
}
