import type { Agent as HttpAgent } from 'node:http'

import { assertDependencyOptions } from '@tidegate/core'
import type { DependencyOptions, OptionRule } from '@tidegate/core'

import type { UndiciDispatcher } from './undici-opener.ts'

export interface HttpPoolOptions<Name extends string = string> extends Omit<DependencyOptions<Name>, 'health'> {
  /** How many connections are opened to each origin. Default 1. */
  readonly connections?: number | undefined
  /** Whether the service is not ready without them. Default `false`: it is held back for one attempt. */
  readonly critical?: boolean | undefined
}

export interface ResolvedHttpPool {
  readonly origins: readonly URL[]
  readonly connections: number
}

const OWN: Readonly<Record<Exclude<keyof HttpPoolOptions, keyof DependencyOptions>, OptionRule>> = {
  connections: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    what: 'a whole number of at least 1',
  },
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function readHttpPoolOptions(
  pool: HttpAgent | UndiciDispatcher,
  origins: unknown,
  options: HttpPoolOptions,
): ResolvedHttpPool {
  const call = 'httpPool(pool, origins, options)'
  const common = ['name', 'critical', 'dependsOn', 'rewarm', 'limits', 'close'] as const
  const faults = [...poolFaults(pool), ...originFaults(pool, origins)]
  assertDependencyOptions({ call, options, common, own: { ...OWN }, faults })
  return {
    origins: [origins].flat().map((origin) => new URL(String(origin))),
    connections: options.connections ?? 1,
  }
}

export function isNodeAgent(pool: unknown): pool is HttpAgent {
  const { createConnection, getName } = (pool ?? {}) as Readonly<Record<string, unknown>>
  return typeof createConnection === 'function' && typeof getName === 'function'
}

function poolFaults(pool: unknown): string[] {
  if (isNodeAgent(pool)) {
    const { keepAlive } = pool as HttpAgent & { readonly keepAlive?: boolean }
    if (keepAlive === true) return []
    return [
      'the agent keeps no connection: make it with new Agent({ keepAlive: true }), or there is nothing to open ahead',
    ]
  }
  if (typeof (pool as Partial<UndiciDispatcher> | undefined)?.dispatch === 'function') return []
  return [
    "the pool is missing, or is none: give it an Agent of node:http or node:https, or undici's Agent, Pool or Client",
  ]
}

function originFaults(pool: unknown, origins: unknown): string[] {
  const given = [origins].flat()
  if (given.length === 0 || !given.every(isOrigin)) {
    return ["origins must be 'https://host:port' or a list of such, without a path"]
  }
  if (!isNodeAgent(pool)) return []
  const { protocol } = pool as HttpAgent & { readonly protocol?: string }
  const others = given.map(String).filter((origin) => protocol !== undefined && new URL(origin).protocol !== protocol)
  return others.map((origin) => `the agent speaks ${protocol} and cannot connect to ${new URL(origin).origin}`)
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' && !(value instanceof URL)) return false
  if (!URL.canParse(String(value))) return false
  const { protocol, pathname, search, hash, username, password } = new URL(String(value))
  return (
    /^https?:$/.test(protocol) && pathname === '/' && [search, hash, username, password].every((part) => part === '')
  )
}
