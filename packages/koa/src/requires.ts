import type { Lifecycle } from '@tidegate/core'

import type { Middleware } from './middleware.ts'

/**
 * Answers 503 with `Retry-After` while one of the named dependencies is failing, instead of calling what comes after it. With a router that
 * sets `_matchedRoute`, as `@koa/router` does, the first request through a route tells the report which one it is.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(lifecycle: Lifecycle<Name>, ...names: NoInfer<Name>[]): Middleware {
  const requirement = lifecycle.requires(...names)
  let lastRoute: unknown
  let lastMethod: string | undefined
  return (context, next) => {
    const { _matchedRoute: route } = context
    const { method } = context.req
    if (route !== undefined && (route !== lastRoute || method !== lastMethod)) {
      lastRoute = route
      lastMethod = method
      if (isRoute(route)) requirement.guards(method ?? 'GET', route)
    }
    const refusal = requirement()
    if (refusal === undefined) return next()
    context.status = refusal.status
    context.set(refusal.headers)
    context.body = refusal.body
  }
}

/** What a whole router goes through has a pattern made by the router, such as `{/*rest}` or `/shop(?:\/|$)`. */
function isRoute(pattern: unknown): pattern is string {
  return typeof pattern === 'string' && /^\/[^()]*$/.test(pattern)
}
