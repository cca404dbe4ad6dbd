import type { Dependency } from './dependency.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { LifecycleOptions } from './lifecycle-options.ts'
import { resolveOptions } from './options/resolve-options.ts'
import { TidegateLifecycle } from './tidegate-lifecycle.ts'

/**
 * Makes a lifecycle that owns `dependencies` and the phase the process is in. It does nothing yet: no timer, no signal
 * handler, no connection, until `listen`, `attach` or `start`.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault found in the options.
 */
export function createLifecycle<const Dependencies extends readonly Dependency[] = readonly []>(
  options: LifecycleOptions<Dependencies> = {},
): Lifecycle<Dependencies[number]['name']> {
  return new TidegateLifecycle<Dependencies[number]['name']>(resolveOptions(options))
}
