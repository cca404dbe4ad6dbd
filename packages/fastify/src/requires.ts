import type { Lifecycle } from '@tidegate/core'
import type { onRequestHookHandler } from 'fastify'

/**
 * A hook for routes (`onRequest`, `preHandler`): answers 503 with `Retry-After` while one of the named dependencies is
 * failing, instead of calling the route that needs it.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(
  lifecycle: Lifecycle<Name>,
  ...names: NoInfer<Name>[]
): onRequestHookHandler {
  const requirement = lifecycle.requires(...names)
  return (_request, reply, done) => {
    const refusal = requirement()
    if (refusal === undefined) done()
    else void reply.code(refusal.status).headers(refusal.headers).send(refusal.body)
  }
}
