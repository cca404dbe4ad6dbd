import { assertDependencyOptions, parseDuration } from '@tidegate/core'
import type { Duration, Fleet, OptionRule } from '@tidegate/core'

import { clientFaults } from './assert-redis-arguments.ts'
import { LEASE, PREFIX } from './lease-options.ts'
import type { RedisClient } from './redis-client.ts'
import { RedisMembership } from './redis-membership.ts'

export interface RedisFleetOptions {
  /** What its keys begin with, before the service's name. Default `'tidegate'`. */
  readonly prefix?: string | undefined
  /**
   * How long an instance counts after it was last heard of, and how long what was heard of the others is believed. It is
   * renewed four times as often. Default `'10s'`, at least `'1s'`.
   */
  readonly lease?: Duration | undefined
  /**
   * Of the instances that serve, so many in a hundred may be out by their own verdict at once. Default 30: one of four,
   * and none of three.
   */
  readonly maxEjectionPercent?: number | undefined
}

const OWN: Readonly<Record<keyof RedisFleetOptions, OptionRule>> = {
  prefix: PREFIX,
  lease: LEASE,
  maxEjectionPercent: {
    fits: (value) => typeof value === 'number' && value > 0 && value <= 100,
    what: 'a number above 0, up to 100',
  },
}

/**
 * Makes the instances of a service known to each other by leases in Redis. It asks over a connection of its own, one more
 * for each process, and opens nothing before the lifecycle starts. While Redis does not answer there is no vote.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function redisFleet(client: RedisClient, options: RedisFleetOptions = {}): Fleet {
  const call = 'redisFleet(client, options)'
  assertDependencyOptions({ call, options, common: [], own: { ...OWN }, faults: clientFaults(client, 'redisFleet') })
  const { prefix = 'tidegate', maxEjectionPercent = 30 } = options
  const lease = parseDuration(options.lease ?? '10s') ?? 0
  return Object.freeze<Fleet>({
    join: (member) => new RedisMembership({ client, member, prefix, lease, maxPercent: maxEjectionPercent }),
  })
}
