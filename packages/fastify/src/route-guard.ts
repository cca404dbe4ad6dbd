import { LifecycleError } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'

import { requires } from './requires.ts'
import type { RequiresHook } from './requires.ts'

/** The guards of `config.requires`, each made once for its list of names. */
export function routeGuard(lifecycle: Lifecycle): (names: readonly string[]) => RequiresHook {
  const guards = new WeakMap<readonly string[], RequiresHook>()
  return (names) => {
    if (!Array.isArray(names)) {
      const message = `config.requires takes a list of names, such as requires: ['${String(names)}']`
      throw new LifecycleError('TIDEGATE_CONFIG', message)
    }
    const guard = guards.get(names) ?? requires(lifecycle, ...names)
    guards.set(names, guard)
    return guard
  }
}
