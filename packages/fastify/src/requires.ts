import type { Lifecycle } from '@tidegate/core'

/** Fits the routes of every Fastify server, HTTP/2 too. */
export type RequiresHook = (request: unknown, reply: RefusableReply, done: () => void) => void

interface RefusableReply {
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: string): unknown
}

/**
 * A hook for routes (`onRequest`, `preHandler`): answers 503 with `Retry-After` while one of the named dependencies is
 * failing, instead of calling the route that needs it.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(lifecycle: Lifecycle<Name>, ...names: NoInfer<Name>[]): RequiresHook {
  const requirement = lifecycle.requires(...names)
  return (_request, reply, done) => {
    const refusal = requirement()
    if (refusal === undefined) return done()
    reply.code(refusal.status)
    reply.headers(refusal.headers)
    reply.send(refusal.body)
  }
}
