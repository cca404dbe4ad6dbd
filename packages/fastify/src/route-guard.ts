import { inspect } from 'node:util'

import { LifecycleError } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'

import { GUARDS, requires } from './requires.ts'
import type { RequiresHook } from './requires.ts'

export interface RouteConfig {
  /** Answers 503 instead of calling the route while one of these dependencies is failing. Default `false`: none. */
  requires?: readonly string[] | false | null | undefined
}

/** The guard of a route's config, made once; `undefined` where it requires nothing. */
export type GuardOf = (config: RouteConfig | undefined) => RequiresHook | undefined

export function routeGuard(lifecycle: Lifecycle): GuardOf {
  const guards = new WeakMap<RouteConfig, RequiresHook>()
  return (config) => {
    const names = config?.requires
    if (config === undefined || names === undefined || names === null || names === false) return undefined
    const guard = guards.get(config) ?? requires(lifecycle, ...listOf(names))
    guards.set(config, guard)
    return guard
  }
}

function listOf(names: readonly string[]): readonly string[] {
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string')) return names
  const advice = "takes a list of names, such as requires: ['redis'], or false where nothing is required"
  throw new LifecycleError('TIDEGATE_CONFIG', `config.requires ${advice}; it was given ${inspect(names)}`)
}

const HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

interface GuardedRoute extends Readonly<Partial<Record<(typeof HOOKS)[number], unknown>>> {
  readonly method?: string | readonly string[] | undefined
  readonly url?: string | undefined
}

/** Tells the report which route is guarded by hooks of ours. */
export function tellGuards(
  route: GuardedRoute,
  hooks: readonly unknown[] = HOOKS.flatMap((name) => route[name]),
): void {
  const { method = 'GET', url = '' } = route
  for (const hook of hooks) if (typeof hook === 'function') (hook as RequiresHook)[GUARDS]?.(method, url)
}
