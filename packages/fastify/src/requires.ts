import type { Lifecycle } from '@tidegate/core'

/** Fits the routes of every Fastify server, HTTP/2 too. `preParsing` gives its hooks the payload, ahead of `done`. */
export interface RequiresHook {
  (request: unknown, reply: RefusableReply, payload: unknown, done?: () => void): void
  /** Says which route it is a hook of. */
  [GUARDS]?: (methods: string | readonly string[], url: string) => void
}

interface RefusableReply {
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: string): unknown
}

export const GUARDS: unique symbol = Symbol('tidegate.guards')

/**
 * A hook for routes (`onRequest` to `preHandler`): answers 503 with `Retry-After` while one of the named dependencies is
 * failing, instead of calling the route that needs it. The report names the routes whose own hook it is.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(lifecycle: Lifecycle<Name>, ...names: NoInfer<Name>[]): RequiresHook {
  const requirement = lifecycle.requires(...names)
  const hook: RequiresHook = (_request, reply, payload, done = payload as () => void) => {
    const refusal = requirement()
    if (refusal === undefined) return done()
    reply.code(refusal.status)
    reply.headers(refusal.headers)
    reply.send(refusal.body)
  }
  hook[GUARDS] = (methods, url) => [methods].flat().forEach((method) => requirement.guards(method, url))
  return hook
}
