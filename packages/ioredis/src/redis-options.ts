import type { DependencyOptions } from '@tidegate/core'

import type { RedisScripts } from './scripts.ts'

/** How a service depends on one Redis; its name is `'redis'` by default. */
export interface RedisDependencyOptions<Name extends string = string> extends DependencyOptions<Name> {
  /**
   * Lua scripts that the server, and every master of a Cluster, has to have before the service is ready: by their names a text
   * each, or `{ lua }`, so that the object that ioredis was given as its `scripts` fits. One that does not compile fails the
   * attempt. With any of them `rewarm` is `true` by default: a server that was restarted has lost them. Default none.
   */
  readonly scripts?: RedisScripts | undefined
}
