import { assertDependencyOptions } from './dependency-options.ts'
import type { DependencyOptions } from './dependency-options.ts'
import type { Dependency, WarmUpContext } from './dependency.ts'
import { LifecycleError } from './errors.ts'

export interface CacheOptions<Value> extends Pick<DependencyOptions, (typeof COMMON)[number]> {
  /** Loads the value; a rejection is retried like any warm-up. */
  readonly load: (context: WarmUpContext) => Promise<Value>
}

/** A value loaded before the service is ready. */
export interface Cache<Name extends string, Value> extends Dependency<Name> {
  /** @throws {LifecycleError} `TIDEGATE_PHASE` before it has been loaded. */
  get(): Value
}

const COMMON = ['critical', 'dependsOn', 'limits'] as const
const OWN = { load: { fits: (value: unknown) => typeof value === 'function', what: 'a function that loads the value' } }

/**
 * Declares a value that is loaded before ready and read from memory from then on.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function cache<const Name extends string, Value>(name: Name, options: CacheOptions<Value>): Cache<Name, Value> {
  const faults = options?.load === undefined ? ['options.load is missing: it loads the value'] : []
  assertDependencyOptions({ call: `cache("${name}", options)`, options, common: COMMON, own: OWN, faults })
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
