import { assertDependencyOptions } from '@tidegate/core'
import type { DependencyOptions, OptionRule } from '@tidegate/core'
import type { Redis } from 'ioredis'

import type { RedisDependencyOptions } from './redis-options.ts'
import { areScripts } from './scripts.ts'

const OWN: Readonly<Record<Exclude<keyof RedisDependencyOptions, keyof DependencyOptions>, OptionRule>> = {
  scripts: { fits: areScripts, what: "Lua texts by their names, as { unlock: 'return redis.call(…)' }" },
}

/**
 * Refuses what cannot work, every fault in one error.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function assertRedisArguments(client: unknown, options: unknown): void {
  const faults = clientFaults(client, 'redis')
  assertDependencyOptions({ call: 'redis(client, options)', options, own: OWN, faults })
}

const CLIENT_METHODS = [
  'duplicate',
  'connect',
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
  const isClient = [...CLIENT_METHODS, 'eval'].every((method) => typeof given[method] === 'function')
  if (isClient && typeof given['status'] === 'string') return []
  return [
    'the client is not an ioredis one (node-redis and others are not supported); give it `new Redis()` or `new Cluster()` of ioredis 5 or 6',
  ]
}
