import { parseDuration } from '@tidegate/core'
import type { CheckResult, Duration, OptionRule } from '@tidegate/core'

import { isRecord } from './assert-check-options.ts'
import { Level } from './level.ts'
import { DURATION_OR_FALSE, SHARE_OR_FALSE } from './rules.ts'

/** One of the things that a check measures. */
export interface Measure {
  /** What a share is of 1, a duration is of milliseconds. */
  readonly kind: 'share' | 'duration'
  /** Where it warns unless the user says otherwise. */
  readonly warnAt: number | false
  /** What it is, before its number: `'heap'`. */
  readonly label: string
  /** What it is a part of, after its number: `"of V8's limit"`. */
  readonly of?: string
}

type Given<Key extends string> = Readonly<Partial<Record<Key, Duration | false | undefined>>> | undefined

export type Measures<Key extends string> = Readonly<Record<Key, Measure>>

export interface ThresholdOptions<Key extends string> {
  readonly warnAt: Given<Key>
  readonly failAt: Given<Key>
  readonly hysteresis: number
}

/** Judges several measures together; remembers what each has reached. */
export interface Thresholds<Key extends string> {
  /** A measure that is left out could not be taken, and stays what it was. */
  judge(values: Readonly<Partial<Record<Key, number | undefined>>>): Pick<CheckResult, 'status' | 'message'>
}

const ORDER = ['pass', 'warn', 'fail'] as const

export function createThresholds<Key extends string>(
  measures: Measures<Key>,
  { warnAt, failAt, hysteresis }: ThresholdOptions<Key>,
): Thresholds<Key> {
  const keys = Object.keys(measures) as Key[]
  const levels = keys.map((key) => {
    const measure = measures[key]
    const level = new Level({
      warnAt: toNumber(warnAt?.[key]) ?? measure.warnAt,
      failAt: toNumber(failAt?.[key]) ?? false,
      hysteresis,
    })
    return { key, measure, level }
  })
  return {
    judge(values) {
      for (const { key, level } of levels) {
        const value = values[key]
        if (value !== undefined) level.set(value)
      }
      const reached = levels.filter(({ level }) => level.status !== 'pass')
      const status = ORDER.findLast((one) => levels.some(({ level }) => level.status === one)) ?? 'pass'
      return reached.length === 0
        ? { status }
        : { status, message: reached.map(({ measure, level }) => describe(measure, level)).join('; ') }
    },
  }
}

/** What is wrong with `warnAt` and `failAt`, which have a field for each measure. */
export function thresholdFaults(options: Readonly<Record<string, unknown>>, measures: Measures<string>): string[] {
  const faults = (['warnAt', 'failAt'] as const).flatMap((option) => {
    const given = options[option]
    if (!isRecord(given)) return []
    return Object.entries(given).flatMap(([key, value]) => {
      const measure = Object.hasOwn(measures, key) ? measures[key] : undefined
      if (measure === undefined) {
        return [`options.${option}.${key} is not an option; there are ${Object.keys(measures).join(', ')}`]
      }
      const rule = ruleOf(measure)
      return value === undefined || rule.fits(value) ? [] : [`options.${option}.${key} must be ${rule.what}`]
    })
  })
  if (faults.length > 0) return faults
  return Object.entries(measures).flatMap(([key, measure]) => orderFault(options, key, measure))
}

/** The rule for `warnAt` and `failAt` themselves. */
export function thresholdsRule(example: string): OptionRule {
  return { fits: isRecord, what: `an object, as ${example}` }
}

/** Whether one of them is given, without which a check that only warns can never fail. */
export function hasFailAt(options: Readonly<Record<string, unknown>>): boolean {
  const { failAt } = options
  return isRecord(failAt) && Object.values(failAt).some((value) => value !== undefined && value !== false)
}

function orderFault(options: Readonly<Record<string, unknown>>, key: string, measure: Measure): string[] {
  const read = (option: string): number | false | undefined => {
    const given = options[option]
    return isRecord(given) ? toNumber(given[key]) : undefined
  }
  const warnAt = read('warnAt') ?? measure.warnAt
  const failAt = read('failAt') ?? false
  if (warnAt === false || failAt === false || failAt >= warnAt) return []
  const [fails, warns] = [format(measure, failAt), format(measure, warnAt)]
  return [`options.failAt.${key} is ${fails}, below the ${warns} at which it warns: raise it, or lower warnAt.${key}`]
}

function ruleOf({ kind }: Measure): OptionRule {
  return kind === 'share' ? SHARE_OR_FALSE : DURATION_OR_FALSE
}

function toNumber(value: unknown): number | false | undefined {
  return value === false ? false : parseDuration(value)
}

function describe(measure: Measure, { value, status, reached, leftBelow }: Level): string {
  const now = [measure.label, format(measure, value), measure.of].filter(Boolean).join(' ')
  const said = value < reached ? `until below ${format(measure, leftBelow)}` : `at ${format(measure, reached)}`
  return `${now} (${status}s ${said})`
}

function format({ kind }: Measure, value: number): string {
  return kind === 'share' ? `${Math.round(value * 1_000) / 10} %` : `${Math.round(value)} ms`
}
