import type { CheckResult, Dependency } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import type { LocalCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'
import { createDescriptorCount } from './descriptor-count.ts'
import { Level } from './level.ts'
import { livenessFaults } from './liveness-faults.ts'
import { HYSTERESIS, SHARE_OR_FALSE } from './rules.ts'

/** Whether descriptors are about to run out; its name is `'file-descriptors'` and it is not critical by default. */
export interface FileDescriptorsOptions<Name extends string = string> extends LocalCheckOptions<Name> {
  /** Where it warns, as a share of the soft limit. Default 0.9. */
  readonly warnAt?: number | false | undefined
  /** Where it fails. Default `false`, nowhere: an instance that is taken out for its load leaves it to the others. */
  readonly failAt?: number | false | undefined
  /** How far below a threshold that was reached it has to fall, as a share of it. Default 0.1. */
  readonly hysteresis?: number | undefined
}

const WARN_AT = 0.9

/**
 * Compares the files and sockets the process has open with its soft limit (`ulimit -n`). Where there is no `/proc` it
 * passes, and says so.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function fileDescriptors<const Name extends string = 'file-descriptors'>(
  options: FileDescriptorsOptions<Name> = {},
): Dependency<Name> {
  assertCheckOptions({
    call: 'fileDescriptors(options)',
    options,
    scope: 'local',
    own: { warnAt: SHARE_OR_FALSE, failAt: SHARE_OR_FALSE, hysteresis: HYSTERESIS },
    faults: (given) => [
      ...orderFaults(given),
      ...livenessFaults(given, typeof given['failAt'] === 'number', 'failAt, as 0.98'),
    ],
  })
  const { warnAt = WARN_AT, failAt = false, hysteresis = 0.1 } = options
  const level = new Level({ warnAt, failAt, hysteresis })
  const count = createDescriptorCount()

  function check(): CheckResult {
    const found = count.read()
    if (found === undefined) return { status: 'pass', message: `cannot be counted on ${process.platform}` }
    const { open, limit } = found
    level.set(open / limit)
    const { status } = level
    return status === 'pass'
      ? { status, data: { open, limit } }
      : { status, message: `${open} of ${limit} descriptors are open`, data: { open, limit } }
  }

  return defineCheck(options, { name: 'file-descriptors', critical: false, scope: 'local', check })
}

function orderFaults({ warnAt = WARN_AT, failAt }: Readonly<Record<string, unknown>>): string[] {
  if (typeof failAt !== 'number' || typeof warnAt !== 'number' || failAt >= warnAt) return []
  return [`options.failAt is ${failAt}, below the ${warnAt} at which it warns: raise it, or lower warnAt`]
}
