import { createLifecycle, LifecycleError } from '@tidegate/core'
import type { Lifecycle, WebServer } from '@tidegate/core'

import { Departure } from './departure.ts'
import { HealthChecks } from './health-checks.ts'
import { keepLifecycle } from './lifecycle-of.ts'
import type { TerminusOptions } from './options.ts'
import { readSettings } from './settings.ts'
import type { Settings } from './settings.ts'
import { toLifecycleOptions } from './to-lifecycle-options.ts'

/**
 * Does what `createTerminus` of `@godaddy/terminus` does, on a lifecycle of its own (`lifecycleOf(server)`): answers health
 * checks ahead of the application, and on a signal runs the hooks around a drain. Returns the server.
 *
 * On the way out `onSignal` and `onShutdown` run after the last request; then hooks of the lifecycle and its dependencies are
 * closed, and a step of those that fails makes the process exit with 1.
 *
 * @param server of `http`, `https`, or either kind of `http2`; it may listen already.
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, for what is no such server, for one that has a lifecycle, and for faults of
 * `options.tidegate`.
 */
export function createTerminus<Server>(server: Server, options: TerminusOptions = {}): Server {
  const settings = readSettings(options)
  const state = { isShuttingDown: false }
  const lifecycle = createOwnLifecycle(settings)
  attachAsItIs(server as WebServer, (web) => lifecycle.attach(web))
  if (Object.keys(settings.healthChecks).length > 0) {
    const checks = new HealthChecks(settings, state)
    lifecycle.addProbe((url) => checks.find(url))
  }
  new Departure({ server: server as WebServer, lifecycle, settings, state }).bind()
  keepLifecycle(server as WebServer, lifecycle)
  return server
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, which says also of what nobody wrote where it comes from. */
function createOwnLifecycle(settings: Settings): Lifecycle {
  try {
    return createLifecycle(toLifecycleOptions(settings))
  } catch (error) {
    if (!(error instanceof LifecycleError)) throw error
    const source = `requests is the timeout of createTerminus, ${settings.timeout} ms; longLived and linger follow from it`
    throw new LifecycleError(error.code, `${error.message}\n  ${source}`, { cause: error })
  }
}

/** How long idle connections are kept open was never for `@godaddy/terminus` to say. */
function attachAsItIs(server: WebServer, attach: (server: WebServer) => void): void {
  const keepAliveTimeout = (server as { keepAliveTimeout?: number } | undefined)?.keepAliveTimeout
  attach(server)
  if (keepAliveTimeout !== undefined) Object.assign(server, { keepAliveTimeout })
}
