import type { CheckContext, CheckResult, Dependency, DependencyOptions } from '@tidegate/core'
import type { Redis } from 'ioredis'

import { assertRedisArguments } from './assert-redis-arguments.ts'
import { createCheckConnection } from './check-connection.ts'
import { whyUnusable } from './client-status.ts'
import { quit } from './quit.ts'
import { explain } from './server-reply.ts'
import { untilUsable } from './until-usable.ts'
import { watchErrors } from './watch-errors.ts'

/**
 * Makes a dependency of an ioredis client: warm when the server really takes commands, checked by PING on a connection
 * of its own, and quit, within its limit, when the lifecycle closes. It opens nothing before the lifecycle starts and
 * costs the server one connection more per process.
 *
 * @param options Its name is `'redis'` by default. `close: false` leaves the client connected.
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function redis<const Name extends string = 'redis'>(
  client: Redis,
  options?: DependencyOptions<Name>,
): Dependency<Name> {
  assertRedisArguments(client, options)
  const { critical, dependsOn, rewarm, limits, health, close = true } = options ?? {}
  const name = options?.name ?? ('redis' as Name)
  const connection = createCheckConnection(client)
  let unwatch: (() => void) | undefined

  return Object.freeze<Dependency<Name>>({
    name,
    critical,
    dependsOn,
    rewarm,
    limits,
    health,

    async warmUp(context) {
      unwatch ??= watchErrors(client, context.logger)
      await untilUsable(client, name, context)
    },

    async check(context) {
      // The server may be well and our connection with it, while the one that requests use is gone for good.
      const server = client.status === 'end' ? undefined : await ask(context)
      if (server?.status === 'fail') return server
      const unusable = whyUnusable(client)
      return unusable === undefined ? server : { status: 'fail', message: unusable }
    },

    async close(context) {
      connection.close()
      if (close) await quit(client, context)
      unwatch?.()
      unwatch = undefined
    },
  })

  /** On its own connection: on the client's, PING would wait behind a BLPOP, and pile up while the server is frozen. */
  async function ask({ abandonAfter, signal }: CheckContext): Promise<CheckResult> {
    try {
      await connection.ping(signal)
      return { status: 'pass' }
    } catch (error) {
      if (signal.aborted) return { status: 'fail', message: `PING was not answered within ${abandonAfter} ms` }
      return explain(error)
    }
  }
}
