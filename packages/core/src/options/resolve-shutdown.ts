import { constants } from 'node:os'

import type { ShutdownOptions } from '../lifecycle/lifecycle-options.ts'
import { planBudget } from '../shutdown/budget.ts'
import type { Budget } from '../shutdown/budget.ts'
import { DEFAULTS } from './defaults.ts'
import { describeValue } from './describe-value.ts'
import { nearestName } from './nearest-name.ts'
import { readBoolean, readChoice, readDuration, readDurationOrFalse } from './readers.ts'
import type { Section } from './section.ts'
import { withEnvironment } from './shutdown-environment.ts'
import type { SectionInEnvironment } from './shutdown-environment.ts'

export interface ResolvedShutdown {
  readonly budget: Budget
  readonly signals: readonly NodeJS.Signals[]
  readonly exit: boolean
  readonly late: 'serve' | 'reject'
  readonly onCrash: 'exit' | 'drain'
}

export function resolveShutdown(
  options: Section<keyof ShutdownOptions>,
  env: NodeJS.ProcessEnv = process.env,
): ResolvedShutdown {
  const section = withEnvironment(options, env)
  return {
    budget: resolveBudget(section),
    signals: resolveSignals(section),
    exit: readBoolean(section, 'exit') ?? DEFAULTS.shutdown.exit,
    late: readChoice(section, 'late', ['serve', 'reject']) ?? DEFAULTS.shutdown.late,
    onCrash: readChoice(section, 'onCrash', ['exit', 'drain']) ?? DEFAULTS.shutdown.onCrash,
  }
}

function resolveBudget(section: SectionInEnvironment): Budget {
  const faultsBefore = section.faults.count
  const { budget, faults } = planBudget(
    {
      gracePeriod: readDuration(section, 'gracePeriod', { positive: true, unlikelyInMilliseconds: true }),
      preStop: readDurationOrFalse(section, 'preStop'),
      margin: readDuration(section, 'margin'),
      lameDuck: readDurationOrFalse(section, 'lameDuck', { unlikelyInMilliseconds: true }),
      linger: readDurationOrFalse(section, 'linger'),
      requests: readDuration(section, 'requests'),
      longLived: readDuration(section, 'longLived'),
      close: readDuration(section, 'close', { positive: true, unlikelyInMilliseconds: true }),
    },
    section.variables,
  )
  // A sum over a default that stands in for what could not be read would name the wrong number.
  if (section.faults.count === faultsBefore) for (const { field, message } of faults) section.faults.add(field, message)
  return budget
}

function resolveSignals(section: Section<keyof ShutdownOptions>): readonly NodeJS.Signals[] {
  const value = section.get('signals')
  if (value === undefined) return DEFAULTS.shutdown.signals
  if (value === false) return Object.freeze([])
  if (!Array.isArray(value)) {
    section.fault('signals', `must be a list such as ['SIGTERM'], or false, not ${describeValue(value)}`)
    return DEFAULTS.shutdown.signals
  }
  const signals = new Set<NodeJS.Signals>()
  for (const signal of value) {
    if (!isSignal(signal)) section.fault('signals', unknownSignal(signal))
    else if (signal === 'SIGKILL' || signal === 'SIGSTOP')
      section.fault('signals', `no process can catch ${signal}; leave it out`)
    else signals.add(signal)
  }
  return Object.freeze([...signals])
}

function isSignal(value: unknown): value is NodeJS.Signals {
  return typeof value === 'string' && Object.hasOwn(constants.signals, value)
}

function unknownSignal(value: unknown): string {
  const known = Object.keys(constants.signals)
  const nearest =
    typeof value === 'string' ? (nearestName(`SIG${value}`, known) ?? nearestName(value, known)) : undefined
  const advice = nearest === undefined ? "write names such as 'SIGTERM'" : `did you mean '${nearest}'?`
  return `this system has no signal ${describeValue(value)}; ${advice}`
}
