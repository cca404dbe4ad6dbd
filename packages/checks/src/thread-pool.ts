import { parseDuration } from '@tidegate/core'
import type { CheckContext, CheckResult, Dependency, Duration } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import type { LocalCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'
import { livenessFaults } from './liveness-faults.ts'
import { startPoolJob } from './pool-job.ts'
import type { PoolJob } from './pool-job.ts'
import { DURATION, DURATION_OR_FALSE } from './rules.ts'

/** Whether libuv's thread pool still works; its name is `'thread-pool'` and it is not critical by default. */
export interface ThreadPoolOptions<Name extends string = string> extends LocalCheckOptions<Name> {
  /**
   * How long a job of no work may wait for a thread before it warns. Default `'250ms'`; never more than most of
   * `health.timeout`.
   */
  readonly warnAfter?: Duration | undefined
  /**
   * How long it may wait before the check fails. Default `false`, never: a pool that is busy is load. With
   * `liveness: true` give a time after which nothing but a restart will help.
   */
  readonly failAfter?: Duration | false | undefined
}

const WARN_AFTER_MS = 250
/** What is left of `health.timeout` when the check answers for a job that has not. */
const RESERVE = 0.2

/**
 * Gives the pool a tiny job and waits for it to come back. While one has not, no other is given.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function threadPool<const Name extends string = 'thread-pool'>(
  options: ThreadPoolOptions<Name> = {},
): Dependency<Name> {
  assertCheckOptions({
    call: 'threadPool(options)',
    options,
    scope: 'local',
    own: { warnAfter: DURATION, failAfter: DURATION_OR_FALSE },
    faults: (given) => [
      ...orderFaults(given),
      ...livenessFaults(given, parseDuration(given['failAfter']) !== undefined, "failAfter, as '30s'"),
    ],
  })
  const warnAfter = parseDuration(options.warnAfter) ?? WARN_AFTER_MS
  const failAfter = parseDuration(options.failAfter) ?? Number.POSITIVE_INFINITY
  let job: PoolJob | undefined

  async function check({ signal, remaining }: CheckContext): Promise<CheckResult> {
    const asked = (job ??= startPoolJob())
    const back = await asked.within(Math.min(warnAfter - asked.age, remaining() * (1 - RESERVE)), signal)
    if (!back) return late(asked)
    job = undefined
    return { status: 'pass', data: { threads: threads(), latencyMs: Math.round(asked.latency * 10) / 10 } }
  }

  function late({ age }: PoolJob): CheckResult {
    const message = `no thread of the pool has taken a job for ${Math.round(age)} ms (${threads()} threads)`
    return {
      status: age >= failAfter ? 'fail' : 'warn',
      message,
      data: { threads: threads(), waitingMs: Math.round(age) },
    }
  }

  return defineCheck(options, { name: 'thread-pool', critical: false, scope: 'local', check })
}

function orderFaults(given: Readonly<Record<string, unknown>>): string[] {
  const failAfter = parseDuration(given['failAfter'])
  if (failAfter === undefined || failAfter >= (parseDuration(given['warnAfter']) ?? WARN_AFTER_MS)) return []
  return ['options.failAfter is below warnAfter: raise it, or lower warnAfter']
}

/** As libuv reads it, once, when the pool is first used. */
function threads(): number {
  const size = Number.parseInt(process.env['UV_THREADPOOL_SIZE'] ?? '4', 10)
  return Math.min(1_024, Math.max(1, Number.isNaN(size) ? 4 : size))
}
