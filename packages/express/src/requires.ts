import type { Lifecycle } from '@tidegate/core'
import type { RequestHandler } from 'express'

/**
 * Answers 503 with `Retry-After` while one of the named dependencies is failing, instead of calling the route that
 * needs it.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(lifecycle: Lifecycle<Name>, ...names: NoInfer<Name>[]): RequestHandler {
  const requirement = lifecycle.requires(...names)
  return (_request, response, next) => {
    const refusal = requirement()
    if (refusal === undefined) next()
    else response.writeHead(refusal.status, refusal.headers).end(refusal.body)
  }
}
