import { resolve } from 'node:path'

import { untilAborted } from '@tidegate/core'
import type { CheckContext, CheckResult, Dependency } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import type { LocalCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'
import { readSpace } from './disk-space.ts'
import type { DiskSpace } from './disk-space.ts'
import { livenessFaults } from './liveness-faults.ts'
import { BOOLEAN, HYSTERESIS, PATH } from './rules.ts'
import { createThresholds, hasFailAt, thresholdFaults, thresholdsRule } from './thresholds.ts'
import type { Measures } from './thresholds.ts'
import { tryWrite } from './try-write.ts'

interface DiskThresholds {
  /** What is used of the space, as `df` counts it. `false` does not judge it. */
  readonly space?: number | false | undefined
  /** What is used of the inodes, on file systems that count them. `false` does not judge it. */
  readonly inodes?: number | false | undefined
}

/** Whether a directory can be written to; its name is `'disk'` and it is not critical by default. */
export interface DiskOptions<Name extends string = string> extends LocalCheckOptions<Name> {
  /** The directory that the service writes to. */
  readonly path: string
  /** Whether to write a file of 4 KiB, sync and remove it, which a full or read-only disk fails. Default `true`. */
  readonly write?: boolean | undefined
  /** Where it warns. Default `{ space: 0.9, inodes: 0.9 }`. */
  readonly warnAt?: DiskThresholds | undefined
  /** Where it fails before a write does. Default nowhere. */
  readonly failAt?: DiskThresholds | undefined
  /** How far below a threshold that was reached it has to fall, as a share of it. Default 0.05. */
  readonly hysteresis?: number | undefined
}

const MEASURES: Measures<keyof DiskThresholds> = {
  space: { kind: 'share', warnAt: 0.9, label: 'the space is used to' },
  inodes: { kind: 'share', warnAt: 0.9, label: 'the inodes are used to' },
}

const RULE = thresholdsRule('{ space: 0.9, inodes: 0.9 }')

/**
 * Looks at the free space and inodes of a directory's file system, and writes to it. While a write hangs no other is
 * begun.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function disk<const Name extends string = 'disk'>(options: DiskOptions<Name>): Dependency<Name> {
  assertCheckOptions({
    call: 'disk(options)',
    options,
    scope: 'local',
    required: { path: 'the directory that the service writes to' },
    own: { path: PATH, write: BOOLEAN, warnAt: RULE, failAt: RULE, hysteresis: HYSTERESIS },
    faults: (given) => [
      ...thresholdFaults(given, MEASURES),
      ...livenessFaults(given, given['write'] !== false || hasFailAt(given), 'failAt, or write: true'),
    ],
  })
  const { write = true, warnAt, failAt, hysteresis = 0.05 } = options
  const path = resolve(options.path)
  const thresholds = createThresholds(MEASURES, { warnAt, failAt, hysteresis })
  let looking: Promise<CheckResult> | undefined

  async function look(): Promise<CheckResult> {
    const space = await readSpace(path)
    const { spaceUsed, inodesUsed } = space
    const judged = thresholds.judge({ space: spaceUsed, inodes: inodesUsed })
    const data = toData(space)
    const failure = write ? await tryWrite(path) : undefined
    return failure === undefined ? { ...judged, data } : { status: 'fail', message: `cannot write: ${failure}`, data }
  }

  function check({ signal }: CheckContext): Promise<CheckResult> {
    // A call on a dead disk holds its thread for good: the next run waits for it, too, and takes no second one.
    looking ??= look().finally(() => {
      looking = undefined
    })
    return untilAborted(looking, signal)
  }

  return defineCheck(options, { name: 'disk', critical: false, scope: 'local', check })
}

function toData({ freeBytes, freeInodes }: DiskSpace): NonNullable<CheckResult['data']> {
  return freeInodes === undefined ? { freeBytes } : { freeBytes, freeInodes }
}
