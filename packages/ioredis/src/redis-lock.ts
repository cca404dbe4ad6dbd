import { assertDependencyOptions, parseDuration } from '@tidegate/core'
import type { Duration, Lock, OptionRule } from '@tidegate/core'

import { clientFaults } from './assert-redis-arguments.ts'
import { LEASE, PREFIX } from './lease-options.ts'
import { LockClaim } from './lock-claim.ts'
import { createOwnConnection } from './own-connection.ts'
import type { RedisClient } from './redis-client.ts'
import { createSharedConnection } from './shared-connection.ts'

export interface RedisLockOptions {
  /** How many may hold a name at once, over all processes: a whole number from 1. Default 1. */
  readonly holders?: number | undefined
  /**
   * How long a place is kept for a holder that is no longer heard of. It is renewed four times as often. Default `'10s'`, at
   * least `'1s'`, at most `'10m'`.
   */
  readonly lease?: Duration | undefined
  /** What its keys begin with. Default `'tidegate'`; services that share a Redis need one each. */
  readonly prefix?: string | undefined
}

const OWN: Readonly<Record<keyof RedisLockOptions, OptionRule>> = {
  holders: { fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1, what: 'a whole number from 1' },
  lease: LEASE,
  prefix: PREFIX,
}

/**
 * Bounds how many processes do something at once, by leases in Redis and in the order in which they came. It asks over a
 * connection of its own, which is open while something is held or waited for. While Redis does not answer nobody gets a
 * place, and whoever holds one is told that it is lost before it could be given to another.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function redisLock(client: RedisClient, options: RedisLockOptions = {}): Lock {
  const call = 'redisLock(client, options)'
  assertDependencyOptions({ call, options, common: [], own: { ...OWN }, faults: clientFaults(client, 'redisLock') })
  const { holders = 1, prefix = 'tidegate' } = options
  const lease = parseDuration(options.lease ?? '10s') ?? 0
  const shared = createSharedConnection(() => createOwnConnection(client, 'tidegate-lock'))
  return Object.freeze<Lock>({
    async acquire(name, context) {
      context.signal.throwIfAborted()
      const keys = `${prefix}:{${encodeURIComponent(name)}}:lock`
      const claim = new LockClaim({ connection: shared.take(), name, prefix: keys, holders, lease })
      await claim.wait(context)
      return claim
    },
  })
}
