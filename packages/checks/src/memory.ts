import type { CheckResult, Dependency } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import { createCgroupLimit } from './cgroup-limit.ts'
import type { LocalCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'
import { readHeap } from './heap-use.ts'
import { livenessFaults } from './liveness-faults.ts'
import { HYSTERESIS } from './rules.ts'
import { createThresholds, hasFailAt, thresholdFaults, thresholdsRule } from './thresholds.ts'
import type { Measures } from './thresholds.ts'

interface MemoryThresholds {
  /** The old generation of the heap, as a share of V8's limit (`--max-old-space-size`). `false` does not judge it. */
  readonly heap?: number | false | undefined
  /** The process's resident memory, as a share of its cgroup's limit, where there is one. `false` does not judge it. */
  readonly rss?: number | false | undefined
}

/** Whether memory is about to run out; its name is `'memory'` and it is not critical by default. */
export interface MemoryOptions<Name extends string = string> extends LocalCheckOptions<Name> {
  /** Where it warns. Default `{ heap: 0.9, rss: 0.9 }`. */
  readonly warnAt?: MemoryThresholds | undefined
  /** Where it fails. Default nowhere: an instance that is taken out for its load leaves it to the others. */
  readonly failAt?: MemoryThresholds | undefined
  /** How far below a threshold that was reached it has to fall, as a share of it. Default 0.1. */
  readonly hysteresis?: number | undefined
}

const MEASURES: Measures<keyof MemoryThresholds> = {
  heap: { kind: 'share', warnAt: 0.9, label: 'the heap is at', of: "of V8's limit" },
  rss: { kind: 'share', warnAt: 0.9, label: 'resident memory is at', of: "of the cgroup's limit" },
}

const RULE = thresholdsRule('{ heap: 0.9, rss: 0.9 }')

/**
 * Compares the heap with V8's limit, past which the process aborts, and the resident memory with the cgroup's (v1 or
 * v2), past which it is killed.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function memory<const Name extends string = 'memory'>(options: MemoryOptions<Name> = {}): Dependency<Name> {
  return memoryUnder('/', options)
}

/** As {@link memory}, with `/proc` and the cgroups looked for beneath `root`. */
export function memoryUnder<const Name extends string = 'memory'>(
  root: string,
  options: MemoryOptions<Name> = {},
): Dependency<Name> {
  assertCheckOptions({
    call: 'memory(options)',
    options,
    scope: 'local',
    own: { warnAt: RULE, failAt: RULE, hysteresis: HYSTERESIS },
    faults: (given) => [
      ...thresholdFaults(given, MEASURES),
      ...livenessFaults(given, hasFailAt(given), 'failAt, as { heap: 0.98 }'),
    ],
  })
  const { warnAt, failAt, hysteresis = 0.1 } = options
  const thresholds = createThresholds(MEASURES, { warnAt, failAt, hysteresis })
  const cgroup = createCgroupLimit(root)

  function check(): CheckResult {
    const { used: heap, limit: heapLimit } = readHeap()
    const rss = readRss()
    const rssLimit = cgroup.read()
    const judged = thresholds.judge({
      heap: heap / heapLimit,
      rss: rss && (rssLimit === undefined ? 0 : rss / rssLimit),
    })
    const data = {
      heapBytes: heap,
      heapLimitBytes: heapLimit,
      ...(rss === undefined ? {} : { rssBytes: rss }),
      ...(rssLimit === undefined ? {} : { rssLimitBytes: rssLimit }),
    }
    return { ...judged, data }
  }

  return defineCheck(options, { name: 'memory', critical: false, scope: 'local', check })
}

/** It is read from `/proc`, which fails when no descriptor is left: not memory's fault. */
function readRss(): number | undefined {
  try {
    return process.memoryUsage.rss()
  } catch {
    return undefined
  }
}
