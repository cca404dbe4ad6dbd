import type { Dependency, DependencyLimits, WarmUpContext } from './dependency.ts'
import { LifecycleError } from './errors.ts'

export interface CacheOptions<Value> {
  /** Loads the value; a rejection is retried like any warm-up. */
  readonly load: (context: WarmUpContext) => Promise<Value>
  /** What must be warm before it can load. */
  readonly dependsOn?: readonly string[] | undefined
  /** Default `true`: not ready before it is loaded. */
  readonly critical?: boolean | undefined
  readonly limits?: DependencyLimits | undefined
}

/** A value loaded before the service is ready. */
export interface Cache<Name extends string, Value> extends Dependency<Name> {
  /** @throws {LifecycleError} `TIDEGATE_PHASE` before it has been loaded. */
  get(): Value
}

/** Declares a value that is loaded before ready and read from memory from then on. */
export function cache<const Name extends string, Value>(name: Name, options: CacheOptions<Value>): Cache<Name, Value> {
  const { load, ...rest } = options
  let loaded: { readonly value: Value } | undefined
  return {
    name,
    scope: 'local',
    ...rest,
    async warmUp(context) {
      loaded = { value: await load(context) }
    },
    get() {
      if (loaded === undefined) {
        throw new LifecycleError(
          'TIDEGATE_PHASE',
          `the cache "${name}" has not been loaded yet; await lifecycle.whenReady() before reading it`,
        )
      }
      return loaded.value
    },
  }
}
