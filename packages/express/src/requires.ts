import type { Lifecycle } from '@tidegate/core'

import { endpointPaths, isMounted, routeOf } from './endpoint.ts'
import type { Middleware } from './middleware.ts'

/**
 * Answers 503 with `Retry-After` while one of the named dependencies is failing, instead of calling the route that
 * needs it. The first request through a route tells the report which one it is.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(lifecycle: Lifecycle<Name>, ...names: NoInfer<Name>[]): Middleware {
  const requirement = lifecycle.requires(...names)
  let lastRoute: object | undefined
  let lastMethod: string | undefined
  let wasMounted = false
  return (request, response, next) => {
    const route = routeOf(request)
    const { method } = request
    const mounted = isMounted(request)
    if (route !== undefined && (route !== lastRoute || method !== lastMethod || mounted !== wasMounted)) {
      lastRoute = route
      lastMethod = method
      wasMounted = mounted
      for (const path of endpointPaths(route, mounted)) requirement.guards(method ?? 'GET', path)
    }
    const refusal = requirement()
    if (refusal === undefined) return next()
    response.writeHead(refusal.status, refusal.headers)
    response.end(method === 'HEAD' ? undefined : refusal.body)
  }
}
