import { randomUUID } from 'node:crypto'

import { assertDependencyOptions, parseDuration } from '@tidegate/core'
import type { Duration, Lock, OptionRule } from '@tidegate/core'

import { clientFaults } from './assert-redis-arguments.ts'
import { KeptPlaces } from './kept-places.ts'
import { LEASE, PREFIX } from './lease-options.ts'
import { LockClaim } from './lock-claim.ts'
import { LockOutage } from './lock-outage.ts'
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
  /**
   * What becomes of whoever asks when Redis has not answered for a whole `lease`. `'pass'`, the default: it goes on, bounded by
   * nothing, until Redis answers again, which is said once as a warning. `'wait'`: it waits until its signal aborts, and
   * what it is for is as available as Redis is.
   */
  readonly whenUnavailable?: 'pass' | 'wait' | undefined
}

const OWN: Readonly<Record<keyof RedisLockOptions, OptionRule>> = {
  holders: { fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1, what: 'a whole number from 1' },
  lease: LEASE,
  prefix: PREFIX,
  whenUnavailable: { fits: (value) => value === 'pass' || value === 'wait', what: "'pass' or 'wait'" },
}

/**
 * Bounds how many processes do something at once, by leases in Redis and in the order in which they came. It asks over a
 * connection of its own, which is open while something is held or waited for. When Redis has not answered for a whole lease
 * it bounds nobody, unless `whenUnavailable` is `'wait'`. Whoever holds a place is told that it is lost before it could be
 * given to another. A call that is aborted keeps its place in the queue for a lease, for the next one of this lock, unless `leave`
 * gives it up.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function redisLock(client: RedisClient, options: RedisLockOptions = {}): Lock {
  const call = 'redisLock(client, options)'
  assertDependencyOptions({ call, options, common: [], own: { ...OWN }, faults: clientFaults(client, 'redisLock') })
  const { holders = 1, prefix = 'tidegate', whenUnavailable = 'pass' } = options
  const lease = parseDuration(options.lease ?? '10s') ?? 0
  const shared = createSharedConnection(() => createOwnConnection(client, 'tidegate-lock'))
  const outage = new LockOutage(lease)
  const kept = new KeptPlaces(lease)

  function claimOf(name: string, id: string): LockClaim {
    const keys = `${prefix}:{${encodeURIComponent(name)}}:lock`
    return new LockClaim({
      connection: shared.take(),
      name,
      prefix: keys,
      holders,
      lease,
      id,
      outage,
      whenUnavailable,
    })
  }

  return Object.freeze<Lock>({
    async acquire(name, context) {
      context.signal.throwIfAborted()
      const id = kept.take(name) ?? randomUUID()
      const claim = claimOf(name, id)
      try {
        await claim.wait(context)
      } catch (error) {
        kept.keep(name, id)
        throw error
      }
      return claim
    },
    async leave(name) {
      await Promise.all(kept.takeAll(name).map((id) => claimOf(name, id).release()))
    },
  })
}
