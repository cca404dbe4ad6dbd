import type { Agent as HttpAgent } from 'node:http'

import { defineDependency, LifecycleError, untilAborted } from '@tidegate/core'
import type { Dependency, WarmUpContext } from '@tidegate/core'

import { isNodeAgent, readHttpPoolOptions } from './http-pool-options.ts'
import type { HttpPoolOptions } from './http-pool-options.ts'
import { createNodeOpener } from './node-opener.ts'
import { createUndiciOpener } from './undici-opener.ts'
import type { UndiciDispatcher } from './undici-opener.ts'

/**
 * Opens connections to other services ahead of the first request, all at once, their TLS handshakes included. No request is
 * sent. With `rewarm` those that were lost are opened again. With the lifecycle those that nobody has used are closed, and the pool, unless `close` is `false`.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function httpPool<const Name extends string = 'http-pool'>(
  pool: HttpAgent | UndiciDispatcher,
  origins: string | URL | readonly (string | URL)[],
  options: HttpPoolOptions<Name> = {},
): Dependency<Name> {
  const resolved = readHttpPoolOptions(pool, origins, options)
  const opener = isNodeAgent(pool) ? createNodeOpener(pool) : createUndiciOpener(pool)

  async function warmUp({ signal, progress, recovered }: WarmUpContext): Promise<void> {
    const wanted = resolved.origins.flatMap((origin) => {
      const kept = recovered === undefined ? 0 : opener.countOpen(origin)
      return Array.from({ length: Math.max(0, resolved.connections - kept) }, () => origin)
    })
    let open = 0
    const opening = wanted.map(async (origin) => {
      try {
        await opener.open(origin, signal)
      } catch (cause) {
        if (signal.aborted) throw signal.reason
        const why = cause instanceof Error ? cause.message : String(cause)
        const message = `no connection to ${origin.origin} could be opened: ${why}`
        throw new LifecycleError('TIDEGATE_WARM_UP', message, { cause })
      }
      open++
      progress(open, wanted.length, 'connections')
    })
    const failed = (await Promise.allSettled(opening)).find((outcome) => outcome.status === 'rejected')
    if (failed === undefined) return
    // The next attempt opens all of them again.
    opener.discard()
    throw failed.reason
  }

  return defineDependency({
    name: (options.name ?? 'http-pool') as Name,
    critical: options.critical ?? false,
    dependsOn: options.dependsOn,
    limits: options.limits,
    rewarm: options.rewarm,
    warmUp,
    async close({ signal }) {
      opener.close()
      if (options.close === false) return
      if (isNodeAgent(pool)) pool.destroy()
      else await untilAborted(pool.close(), signal)
    },
  })
}
