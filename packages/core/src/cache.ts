import { CacheContents } from './cache/cache-contents.ts'
import { readCacheOptions } from './cache/cache-options.ts'
import type { CacheOptions } from './cache/cache-options.ts'
import type { Dependency } from './dependency.ts'

/** A value loaded before the service is ready, and again when it is due. */
export interface Cache<Name extends string, Value> extends Dependency<Name> {
  /**
   * The last value that was loaded.
   *
   * @throws {LifecycleError} `TIDEGATE_PHASE` before it has been loaded.
   */
  get(): Value
}

/**
 * Declares a value that is loaded before ready and read from memory from then on. With `refresh` or `staleFor` it has a
 * check, which reads memory alone; with `refresh` or a `lock` a `close`, which aborts its load and waits until that holds
 * nothing any more.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function cache<const Name extends string, Value>(name: Name, options: CacheOptions<Value>): Cache<Name, Value> {
  const times = readCacheOptions(name, options)
  const { load, lock, critical, dependsOn, rewarm, limits, health } = options
  const contents = new CacheContents<Value>({ name, load, lock, ...times })
  const { refresh, staleFor } = times
  return {
    name,
    scope: 'local',
    critical,
    dependsOn,
    rewarm,
    limits,
    health,
    warmUp: (context) => contents.warmUp(context),
    ...(refresh === undefined && staleFor === undefined ? {} : { check: () => contents.check() }),
    ...(refresh === undefined && lock === undefined ? {} : { close: (context) => contents.close(context) }),
    get: () => contents.get(),
  }
}
