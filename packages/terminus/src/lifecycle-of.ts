import { LifecycleError } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'

/** Where a server keeps its lifecycle, of whatever copy of this package. */
const LIFECYCLE: unique symbol = Symbol.for('tidegate.terminus.lifecycle')

interface Kept {
  [LIFECYCLE]?: Lifecycle
}

export function keepLifecycle(server: object, lifecycle: Lifecycle): void {
  Object.defineProperty(server, LIFECYCLE, { value: lifecycle, configurable: true })
}

/**
 * The lifecycle behind a server that `createTerminus` was given: for hooks, routes that need something, the report.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, for any other server.
 */
export function lifecycleOf(server: object): Lifecycle {
  const lifecycle = (server as Kept | undefined)?.[LIFECYCLE]
  if (lifecycle !== undefined) return lifecycle
  const advice = 'give it what createTerminus() of @tidegate/terminus was given'
  throw new LifecycleError('TIDEGATE_CONFIG', `lifecycleOf(server) knows of no lifecycle behind this: ${advice}`)
}
