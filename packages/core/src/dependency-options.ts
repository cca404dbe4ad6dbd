import type { DependencyLimits } from './dependency.ts'
import { LifecycleError } from './errors.ts'
import type { CheckOptions } from './health/check-options.ts'
import { describeValue } from './options/describe-value.ts'
import { NAME_PATTERN } from './options/name-pattern.ts'
import { nearestName } from './options/nearest-name.ts'
import { isRecord } from './options/section.ts'

/** What every factory of a dependency takes, such as `postgres(pool, options)`. */
export interface DependencyOptions<Name extends string = string> {
  /**
   * What it is called in reports, logs, `dependsOn` and `requires`: lower-case letters, digits and dashes. Each factory
   * has a default; two of a kind in one lifecycle need two names.
   */
  readonly name?: Name | undefined
  /** Whether the service is down without it. Default `true`; with `false` its failing only degrades. */
  readonly critical?: boolean | undefined
  /** Names of the dependencies that must be warm before this one and are closed after it. Default none. */
  readonly dependsOn?: readonly string[] | undefined
  /**
   * How long its steps may take. Defaults: one attempt of the warm-up takes the lifecycle's `warmUp.timeout`; closing
   * takes its share of `shutdown.close`, and falls back to cutting off what is left shortly before the end of it.
   */
  readonly limits?: DependencyLimits | undefined
  /**
   * When the check runs and what changes its state; what is not given comes from the lifecycle's `health`. A server that
   * does not answer costs one connection per `abandonAfter`, whatever `interval` and `timeout` say.
   */
  readonly health?: CheckOptions | undefined
  /**
   * Whether it is warmed up again after it has recovered itself, or something it depends on has, before that one's status
   * turns from `fail`. Default `false`, unless the factory says otherwise.
   */
  readonly rewarm?: boolean | undefined
  /** Whether it is closed with the lifecycle. Default `true`; `false` leaves that to you. */
  readonly close?: boolean | undefined
}

/** What an option must be: `what` ends the sentence "… and must be". */
export interface OptionRule {
  fits(value: unknown): boolean
  readonly what: string
}

const BOOLEAN: OptionRule = { fits: (value) => typeof value === 'boolean', what: 'true or false' }

const COMMON: Readonly<Record<keyof DependencyOptions, OptionRule>> = {
  name: {
    fits: (value) => typeof value === 'string' && NAME_PATTERN.test(value),
    what: "lower-case letters, digits and dashes, as 'orders-db'",
  },
  critical: BOOLEAN,
  dependsOn: {
    fits: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
    what: "a list of names, as ['postgres']",
  },
  limits: { fits: isRecord, what: "an object, as { close: '2s' }" },
  health: { fits: isRecord, what: "an object, as { interval: '5s' }" },
  rewarm: BOOLEAN,
  close: BOOLEAN,
}

export interface FactoryArguments {
  /** How the user writes it: `redis(client, options)`. */
  readonly call: string
  readonly options: unknown
  /** Which of {@link DependencyOptions} it takes. Default all. */
  readonly common?: readonly (keyof DependencyOptions)[]
  /** Options that this factory has besides them. */
  readonly own?: Readonly<Record<string, OptionRule>>
  /** What the factory has found itself, in its other arguments. */
  readonly faults?: readonly string[]
}

/**
 * For factories of dependencies: refuses arguments that cannot work, every fault in one error. What is inside `limits`
 * and `health` is left to `createLifecycle`, which knows the numbers they have to agree with.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function assertDependencyOptions(given: FactoryArguments): void {
  const { call, options, common = Object.keys(COMMON) as (keyof DependencyOptions)[], own = {}, faults = [] } = given
  const rules = { ...Object.fromEntries(common.map((name) => [name, COMMON[name]])), ...own }
  const all = [...faults, ...optionFaults(options, rules)]
  if (all.length === 0) return
  throw new LifecycleError('TIDEGATE_CONFIG', [`${call} cannot work:`, ...all.map((fault) => `  ${fault}`)].join('\n'))
}

function optionFaults(options: unknown, rules: Readonly<Record<string, OptionRule>>): string[] {
  if (options === undefined) return []
  if (!isRecord(options)) return [`options is ${describeValue(options)}, and must be an object`]
  return Object.entries(options).flatMap(([key, value]) => {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined
    if (rule === undefined) return [`options.${key} is not an option; ${advice(key, Object.keys(rules))}`]
    if (value === undefined || rule.fits(value)) return []
    return [`options.${key} is ${describeValue(value)}, and must be ${rule.what}`]
  })
}

function advice(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known)
  return nearest === undefined ? `there are ${known.join(', ')}` : `did you mean "${nearest}"?`
}
