import type { Lifecycle } from '@tidegate/core'

import type { Middleware } from './middleware.ts'

/**
 * Answers 503 with `Retry-After` while one of the named dependencies is failing, instead of calling the route that
 * needs it.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(lifecycle: Lifecycle<Name>, ...names: NoInfer<Name>[]): Middleware {
  const requirement = lifecycle.requires(...names)
  return (request, response, next) => {
    const refusal = requirement()
    if (refusal === undefined) return next()
    response.writeHead(refusal.status, refusal.headers)
    response.end(request.method === 'HEAD' ? undefined : refusal.body)
  }
}
