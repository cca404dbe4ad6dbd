import { LifecycleError } from '@tidegate/core'

import { maxOf } from './pool-load.ts'
import type { PostgresDependencyOptions, ResolvedPostgresOptions } from './postgres-options.ts'
import { clientConstructorOf } from './postgres-pool.ts'
import type { PostgresPool } from './postgres-pool.ts'

const KNOWN_OPTIONS: readonly string[] = [
  'name',
  'critical',
  'dependsOn',
  'limits',
  'health',
  'close',
  'prime',
  'statements',
  'check',
]
const NAME = /^[a-z0-9][a-z0-9-]*$/

/**
 * Takes the defaults, and refuses what cannot work with every fault in one error. What is inside `limits` and `health`
 * is for `createLifecycle`, which knows the numbers they have to agree with.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function resolveOptions(pool: PostgresPool, options: PostgresDependencyOptions): ResolvedPostgresOptions {
  const faults = [...poolFaults(pool, options), ...optionFaults(options)]
  if (faults.length > 0) {
    throw new LifecycleError('TIDEGATE_CONFIG', `postgres(pool, options) cannot work:\n - ${faults.join('\n - ')}`)
  }
  const prime = options.prime ?? Math.max(1, Math.min(pool.options?.min ?? 0, maxOf(pool)))
  return Object.freeze({
    prime: prime === false ? 0 : prime,
    primeGiven: options.prime !== undefined,
    statements: Object.freeze([...(options.statements ?? [])]),
    check: options.check ?? 'connection',
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

function optionFaults(options: unknown): string[] {
  if (!isObject(options)) return [`options is ${describe(options)}, and must be an object`]
  const faults = Object.keys(options)
    .filter((key) => !KNOWN_OPTIONS.includes(key))
    .map((key) => `options.${key} is not an option; there are ${KNOWN_OPTIONS.join(', ')}`)
  const expect = (key: string, fits: (value: unknown) => boolean, what: string): void => {
    const value = options[key]
    if (value !== undefined && !fits(value)) faults.push(`options.${key} is ${describe(value)}, and must be ${what}`)
  }
  expect(
    'name',
    (name) => typeof name === 'string' && NAME.test(name),
    "lower-case letters, digits and dashes, as 'postgres'",
  )
  expect('critical', isBoolean, 'true or false')
  expect('dependsOn', isListOf(isString), "a list of names, as ['redis']")
  expect('limits', isObject, "an object, as { close: '2s' }")
  expect('health', isObject, "an object, as { interval: '5s' }")
  expect('close', isBoolean, 'true or false')
  expect('prime', isCount, 'a whole number from 1, or false for none')
  expect('statements', isListOf(isStatement), "a list of statements, as 'SELECT …' or { text, values, name }")
  expect(
    'check',
    (check) => check === 'connection' || check === 'pool' || check === false,
    "'connection', 'pool' or false",
  )
  if (options['prime'] === false && Array.isArray(options['statements']) && options['statements'].length > 0) {
    faults.push('options.statements run on primed connections, and options.prime is false: leave one of them out')
  }
  return faults
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isCount(value: unknown): boolean {
  return value === false || (Number.isSafeInteger(value) && Number(value) >= 1)
}

function isStatement(value: unknown): boolean {
  return isString(value) || (isObject(value) && isString(value['text']))
}

function isListOf(fits: (entry: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(fits)
}

/** Objects by kind alone: what a caller passed by mistake may hold a password. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list that holds something else'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? `'${value}'` : String(value)
}
