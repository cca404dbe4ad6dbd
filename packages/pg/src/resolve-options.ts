import { assertDependencyOptions } from '@tidegate/core'
import type { OptionRule } from '@tidegate/core'

import { maxOf } from './pool-load.ts'
import type { PostgresDependencyOptions, ResolvedPostgresOptions } from './postgres-options.ts'
import { clientConstructorOf } from './postgres-pool.ts'
import type { PostgresPool } from './postgres-pool.ts'

const OWN: Readonly<Record<string, OptionRule>> = {
  prime: {
    fits: (value) => value === false || (Number.isSafeInteger(value) && Number(value) >= 1),
    what: 'a whole number from 1, or false for none',
  },
  statements: {
    fits: (value) => Array.isArray(value) && value.every(isStatement),
    what: "a list of statements, as 'SELECT …' or { text, values, name }",
  },
  check: {
    fits: (value) => value === 'connection' || value === 'pool' || value === false,
    what: "'connection', 'pool' or false",
  },
}

/**
 * Takes the defaults, and refuses what cannot work with every fault in one error.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function resolveOptions(pool: PostgresPool, options: PostgresDependencyOptions): ResolvedPostgresOptions {
  const faults = [...poolFaults(pool, options), ...combinationFaults(options)]
  assertDependencyOptions({ call: 'postgres(pool, options)', options, own: OWN, faults })
  const prime = options.prime ?? Math.max(1, Math.min(pool.options?.min ?? 0, maxOf(pool)))
  return Object.freeze({
    prime: prime === false ? 0 : prime,
    primeGiven: options.prime !== undefined,
    statements: Object.freeze([...(options.statements ?? [])]),
    check: options.check ?? 'connection',
    rewarm: options.rewarm ?? typeof options.prime === 'number',
    close: options.close ?? true,
  })
}

const POOL_METHODS = ['connect', 'end', 'on', 'off'] as const satisfies readonly (keyof PostgresPool)[]

function poolFaults(pool: PostgresPool, options: PostgresDependencyOptions): string[] {
  if (!isObject(pool)) return ['the pool is missing, or is not an object; give it the pool: postgres(new pg.Pool())']
  const isPool = POOL_METHODS.every((method) => typeof pool[method] === 'function') && isObject(pool['options'])
  if (!isPool || typeof pool['totalCount'] !== 'number') {
    return [
      'the pool is not one of pg (a pg.Client, a connection string and other drivers are not); give it new pg.Pool()',
    ]
  }
  const faults: string[] = []
  if (isObject(options)) {
    const max = maxOf(pool)
    if (typeof options.prime === 'number' && options.prime > max) {
      faults.push(
        `options.prime is ${options.prime}, and the pool opens at most ${max}: raise the pool's max or lower prime`,
      )
    }
    if ((options.check ?? 'connection') === 'connection' && clientConstructorOf(pool) === undefined) {
      faults.push("the pool does not say what it makes its clients with (pool.Client): check it with check: 'pool'")
    }
  }
  return faults
}

function combinationFaults(options: unknown): string[] {
  if (!isObject(options) || options['prime'] !== false) return []
  if (!Array.isArray(options['statements']) || options['statements'].length === 0) return []
  return ['options.statements run on primed connections, and options.prime is false: leave one of them out']
}

function isStatement(value: unknown): boolean {
  return typeof value === 'string' || (isObject(value) && typeof value['text'] === 'string')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
