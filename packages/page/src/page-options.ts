import { assertDependencyOptions, lifecycleFaults, parseDuration } from '@tidegate/core'
import type { Duration, Lifecycle } from '@tidegate/core'

export interface PageOptions {
  /**
   * How often an open page asks for what is new, while it is being looked at. Default `'2s'`, at least `'500ms'`; `false`
   * leaves that to the reader.
   */
  readonly refresh?: Duration | false | undefined
}

const SHORTEST_REFRESH_MS = 500
const DEFAULT_REFRESH_MS = 2_000

/**
 * The milliseconds between two refreshes; 0 for none.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function resolveRefresh(lifecycle: Lifecycle, options: PageOptions): number {
  assertDependencyOptions({
    call: 'showPage(lifecycle, options)',
    options,
    common: [],
    own: {
      refresh: {
        fits: (value) => value === false || (parseDuration(value) ?? 0) >= SHORTEST_REFRESH_MS,
        what: "a duration of at least 500 ms, as '2s', or false for none",
      },
    },
    faults: lifecycleFaults(lifecycle),
  })
  if (options.refresh === false) return 0
  return parseDuration(options.refresh) ?? DEFAULT_REFRESH_MS
}
