import type { Lifecycle } from '@tidegate/core'

import type { Middleware } from './middleware.ts'

/**
 * Answers 503 with `Retry-After` while one of the named dependencies is failing, instead of calling what comes after it.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, when it is called with a name that no dependency has.
 */
export function requires<Name extends string>(lifecycle: Lifecycle<Name>, ...names: NoInfer<Name>[]): Middleware {
  const requirement = lifecycle.requires(...names)
  return (context, next) => {
    const refusal = requirement()
    if (refusal === undefined) return next()
    context.status = refusal.status
    context.set(refusal.headers)
    context.body = refusal.body
  }
}
