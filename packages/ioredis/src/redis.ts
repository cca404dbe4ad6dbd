import type { Dependency } from '@tidegate/core'

import { assertRedisArguments } from './assert-redis-arguments.ts'
import { whyUnusable } from './client-status.ts'
import { connectToCheck } from './connect-to-check.ts'
import { quit } from './quit.ts'
import type { RedisClient } from './redis-client.ts'
import type { RedisDependencyOptions } from './redis-options.ts'
import { listScripts } from './scripts.ts'
import { untilUsable } from './until-usable.ts'
import { watchErrors } from './watch-errors.ts'

/**
 * Makes a dependency of an ioredis client, be it of one server, of Sentinels or of a Cluster: warm when the server, or every
 * master of the Cluster, really takes commands and has the scripts; checked by PING on connections of its own; and quit,
 * within its limit, when the lifecycle closes. It opens nothing before the lifecycle starts and costs the server, and every
 * master, one connection more per process.
 *
 * @param options Its name is `'redis'` by default. `close: false` leaves the client connected.
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function redis<const Name extends string = 'redis'>(
  client: RedisClient,
  options?: RedisDependencyOptions<Name>,
): Dependency<Name> {
  assertRedisArguments(client, options)
  const { critical, dependsOn, limits, health, close = true } = options ?? {}
  const name = options?.name ?? ('redis' as Name)
  const scripts = listScripts(options?.scripts)
  // A server that was restarted, or another that took its place, has none of them.
  const { rewarm = scripts.length > 0 } = options ?? {}
  // On its own: on the client's, PING would wait behind a BLPOP, and pile up while the server is frozen.
  const connection = connectToCheck(client)
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
      await untilUsable(client, name, scripts, context)
    },

    async check(context) {
      // The server may be well and our connection with it, while the one that requests use is gone for good.
      const server = client.status === 'end' ? undefined : await connection.ask(context)
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
}
