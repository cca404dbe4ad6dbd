import type { CheckOptions, DependencyLimits } from '@tidegate/core'
import { LifecycleError } from '@tidegate/core'
import type { Redis } from 'ioredis'

/** How a service depends on one Redis client. Everything has a default. */
export interface RedisDependencyOptions<Name extends string = string> {
  /**
   * What it is called in reports, logs, `dependsOn` and `requires`: lower-case letters, digits and dashes. Default
   * `'redis'`; two clients in one lifecycle need two names.
   */
  readonly name?: Name | undefined
  /** Whether the service is down without it. Default `true`; with `false` a failing Redis only degrades. */
  readonly critical?: boolean | undefined
  /** Names of the dependencies that must be warm before this one and are closed after it. Default none. */
  readonly dependsOn?: readonly string[] | undefined
  /**
   * How long its steps may take. Defaults: `warmUp` takes the lifecycle's `warmUp.timeout`, past which the attempt is
   * rejected and tried again; `close` takes its share of `shutdown.close`, shortly before the end of which QUIT is given
   * up and the client is disconnected.
   */
  readonly limits?: DependencyLimits | undefined
  /**
   * When the check runs and what changes its state; what is not given comes from the lifecycle's `health`. A server that
   * does not answer costs one connection and one PING per `abandonAfter`, whatever `interval` and `timeout` say.
   */
  readonly health?: CheckOptions | undefined
  /** Whether the client is quit when the lifecycle closes. Default `true`; `false` leaves it to you. */
  readonly close?: boolean | undefined
}

const KNOWN_OPTIONS: readonly string[] = ['name', 'critical', 'dependsOn', 'limits', 'health', 'close']
const NAME = /^[a-z0-9][a-z0-9-]*$/

/**
 * Refuses what cannot work, every fault in one error. What is inside `limits` and `health` is for `createLifecycle`,
 * which knows the numbers they have to agree with.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function assertRedisArguments(client: unknown, options: unknown): void {
  const faults = [...clientFaults(client), ...optionFaults(options)]
  if (faults.length > 0) {
    throw new LifecycleError('TIDEGATE_CONFIG', `redis(client, options) cannot work:\n - ${faults.join('\n - ')}`)
  }
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

function clientFaults(client: unknown): string[] {
  if (!isObject(client))
    return [
      `the client is ${typeof client === 'string' ? 'a string' : describe(client)}; give it the ioredis client: redis(new Redis())`,
    ]
  if (client['isCluster'] === true) return ['the client is an ioredis Cluster, and only a single server is supported']
  const missing = CLIENT_METHODS.filter((method) => typeof client[method] !== 'function')
  if (missing.length === 0 && typeof client['status'] === 'string') return []
  return [
    'the client is not an ioredis one (node-redis and others are not supported); give it `new Redis()` of ioredis 5',
  ]
}

function optionFaults(options: unknown): string[] {
  if (options === undefined) return []
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
    "lower-case letters, digits and dashes, as 'redis'",
  )
  expect('critical', isBoolean, 'true or false')
  expect('dependsOn', isListOfStrings, "a list of names, as ['postgres']")
  expect('limits', isObject, "an object, as { close: '2s' }")
  expect('health', isObject, "an object, as { interval: '5s' }")
  expect('close', isBoolean, 'true or false')
  return faults
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

/** Objects by kind alone: what a caller passed by mistake may hold a password. */
function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
