import { resolveOptions } from '../options/resolve-options.ts'
import type { LifecycleOptions } from './lifecycle-options.ts'
import type { Lifecycle } from './lifecycle.ts'
import { TidegateLifecycle } from './tidegate-lifecycle.ts'

/**
 * Makes a lifecycle that owns `dependencies` and the phase the process is in. It does nothing yet: no timer, no signal
 * handler, no connection, until `listen`, `attach` or `start`.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault found in the options.
 */
export function createLifecycle<const Name extends string = never>(
  options: LifecycleOptions<Name> = {},
): Lifecycle<Name> {
  return new TidegateLifecycle<Name>(resolveOptions(options))
}
