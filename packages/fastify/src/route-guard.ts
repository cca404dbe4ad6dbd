import { LifecycleError } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'

import { GUARDS, requires } from './requires.ts'
import type { RequiresHook } from './requires.ts'

/** What is asked of a route, when it is registered or when a request has come to it. */
export interface GuardedRoute {
  readonly config?: { readonly requires?: readonly string[] | undefined } | undefined
  readonly method?: string | readonly string[] | undefined
  readonly url?: string | undefined
}

type GuardOf = (route: GuardedRoute) => RequiresHook | undefined

/** The guard of a route's `config.requires`, made once for its config, with the route told to the report. */
export function routeGuard(lifecycle: Lifecycle): GuardOf {
  const guards = new WeakMap<object, RequiresHook>()
  return ({ config, method = 'GET', url = '' }) => {
    const names = config?.requires
    if (config === undefined || names === undefined) return undefined
    const known = guards.get(config)
    if (known !== undefined) return known
    if (!Array.isArray(names)) {
      const message = `config.requires takes a list of names, such as requires: ['${String(names)}']`
      throw new LifecycleError('TIDEGATE_CONFIG', message)
    }
    const guard = requires(lifecycle, ...names)
    guard[GUARDS]?.(method, url)
    guards.set(config, guard)
    return guard
  }
}

const HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

/** Tells the report which route is guarded by its config and by its own hooks; one config may be that of many routes. */
export function tellGuards(
  route: GuardedRoute & { readonly [Hook in (typeof HOOKS)[number]]?: unknown },
  guard: RequiresHook | undefined,
): void {
  const { method = 'GET', url = '' } = route
  for (const hook of [guard, ...HOOKS.flatMap((name) => route[name])]) {
    if (typeof hook === 'function') (hook as RequiresHook)[GUARDS]?.(method, url)
  }
}
