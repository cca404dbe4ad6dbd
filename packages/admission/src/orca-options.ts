import { assertDependencyOptions, lifecycleFaults } from '@tidegate/core'
import type { Lifecycle, OptionRule } from '@tidegate/core'

import type { ReadMetrics } from './named-metrics.ts'

export type OrcaFormat = 'TEXT' | 'JSON'

export interface OrcaOptions {
  /**
   * Which answers have a report: those to requests with `endpoint-load-metrics-format: TEXT` or `JSON` (`'on-request'`,
   * the default), or all (`'always'`).
   */
  readonly when?: 'on-request' | 'always' | undefined
  /** With `'always'`, the form for requests that name none. Default `'TEXT'`. */
  readonly format?: OrcaFormat | undefined
  /**
   * Measures of yours, by name: letters, digits, `_`, `.` and `-`, at most 32 of them. Asked once a second; must answer at
   * once. Default none.
   */
  readonly metrics?: ReadMetrics | undefined
}

export interface ResolvedOrcaOptions {
  /** For requests that name none; `undefined` sends them none. */
  readonly format: OrcaFormat | undefined
  readonly metrics: ReadMetrics
}

const oneOf = (...choices: readonly string[]): OptionRule => ({
  fits: (value) => choices.some((choice) => choice === value),
  what: choices.map((choice) => `'${choice}'`).join(' or '),
})

const RULES: Readonly<Record<keyof OrcaOptions, OptionRule>> = {
  when: oneOf('on-request', 'always'),
  format: oneOf('TEXT', 'JSON'),
  metrics: { fits: (value) => typeof value === 'function', what: 'a function that gives numbers by name' },
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function readOrcaOptions(lifecycle: Lifecycle, options: OrcaOptions): ResolvedOrcaOptions {
  const { when = 'on-request', format, metrics = () => ({}) } = options ?? {}
  const faults = lifecycleFaults(lifecycle)
  if (format !== undefined && when === 'on-request') {
    faults.push("options.format is given, and every request names its own; it goes with when: 'always'")
  }
  assertDependencyOptions({ call: 'orca(lifecycle, options)', options, common: [], own: { ...RULES }, faults })
  return { format: when === 'always' ? (format ?? 'TEXT') : undefined, metrics }
}
