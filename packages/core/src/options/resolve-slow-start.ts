import type { LifecycleOptions, SlowStartOptions } from '../lifecycle/lifecycle-options.ts'
import type { SlowStart } from '../slow-start.ts'
import { DEFAULTS } from './defaults.ts'
import { describeValue } from './describe-value.ts'
import { readDuration } from './readers.ts'
import { keysOf } from './section.ts'
import type { Section } from './section.ts'

const { slowStart } = DEFAULTS

/** `undefined` when it is off, which it is unless something is given. */
export function resolveSlowStart(root: Section<keyof LifecycleOptions>): SlowStart | undefined {
  const given = root.get('slowStart')
  if (given === undefined || given === false) return undefined
  const section = root.section('slowStart', keysOf(slowStart))
  return Object.freeze({
    window: readDuration(section, 'window', { positive: true }) ?? slowStart.window,
    initial: readPositive(section, 'initial', 1) ?? slowStart.initial,
    aggression: readPositive(section, 'aggression') ?? slowStart.aggression,
  })
}

function readPositive(
  section: Section<keyof SlowStartOptions>,
  key: 'initial' | 'aggression',
  atMost?: number,
): number | undefined {
  const value = section.get(key)
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isFinite(value) && value > 0 && value <= (atMost ?? Infinity)) return value
  const range = atMost === undefined ? 'above 0' : `above 0, up to ${atMost}`
  section.fault(key, `must be a number ${range}, not ${describeValue(value)}`)
  return undefined
}
