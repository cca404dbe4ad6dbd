import { assertDependencyOptions } from '@tidegate/core'
import type { OptionRule } from '@tidegate/core'

export interface CheckArguments {
  /** How the user writes it: `disk(options)`. */
  readonly call: string
  readonly options: unknown
  readonly scope: 'local' | 'remote'
  /** Options that must be there, and what each is. */
  readonly required?: Readonly<Record<string, string>>
  readonly own?: Readonly<Record<string, OptionRule>>
  /** As `own`, for what may hold a password: a message never repeats it. */
  readonly unquoted?: Readonly<Record<string, OptionRule>>
  /** What no rule for one option can see. Asked only when `options` is an object. */
  readonly faults?: (options: Readonly<Record<string, unknown>>) => readonly string[]
}

const COMMON = ['name', 'critical', 'dependsOn', 'limits', 'health'] as const

const LIVENESS: Readonly<Record<CheckArguments['scope'], OptionRule>> = {
  local: { fits: (value) => typeof value === 'boolean', what: 'true or false' },
  remote: {
    fits: (value) => value === false,
    what: 'left out: only a local check may fail /livez, one outage of what all instances share would restart them all',
  },
}

const ANYTHING: OptionRule = { fits: () => true, what: 'anything' }

/**
 * Refuses what cannot work, every fault in one error.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function assertCheckOptions(check: CheckArguments): void {
  const { call, options, scope, required = {}, own = {}, unquoted = {}, faults } = check
  const given = isRecord(options) ? options : {}
  const missing = Object.entries(required)
    .filter(([key]) => given[key] === undefined)
    .map(([key, what]) => `options.${key} is missing: ${what}`)
  const hidden = Object.entries(unquoted)
    .filter(([key, rule]) => given[key] !== undefined && !rule.fits(given[key]))
    .map(([key, rule]) => `options.${key} must be ${rule.what}`)
  const judged = Object.fromEntries(Object.keys(unquoted).map((key) => [key, ANYTHING]))
  assertDependencyOptions({
    call,
    options,
    common: COMMON,
    own: { liveness: LIVENESS[scope], ...own, ...judged },
    faults: [...missing, ...hidden, ...(isRecord(options) ? (faults?.(options) ?? []) : [])],
  })
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
