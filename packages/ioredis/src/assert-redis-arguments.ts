import { assertDependencyOptions } from '@tidegate/core'
import type { Redis } from 'ioredis'

/**
 * Refuses what cannot work, every fault in one error.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function assertRedisArguments(client: unknown, options: unknown): void {
  assertDependencyOptions({ call: 'redis(client, options)', options, faults: clientFaults(client, 'redis') })
}

const CLIENT_METHODS = [
  'duplicate',
  'connect',
  'ping',
  'quit',
  'disconnect',
  'on',
  'off',
] as const satisfies readonly (keyof Redis)[]

/** @param call What the client was given to. */
export function clientFaults(client: unknown, call: string): string[] {
  // What was passed by mistake may hold a password, and is not repeated.
  if (typeof client !== 'object' || client === null) {
    return [
      `the client is ${client === undefined ? 'missing' : `a ${typeof client}`}; give it the ioredis client: ${call}(new Redis())`,
    ]
  }
  const given = client as Readonly<Record<string, unknown>>
  if (given['isCluster'] === true) return ['the client is an ioredis Cluster, and only a single server is supported']
  const isClient = CLIENT_METHODS.every((method) => typeof given[method] === 'function')
  if (isClient && typeof given['status'] === 'string') return []
  return [
    'the client is not an ioredis one (node-redis and others are not supported); give it `new Redis()` of ioredis 5',
  ]
}
