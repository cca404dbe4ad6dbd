import type { CheckContext, CheckResult, Dependency, StepContext } from '../dependency.ts'
import { DEFAULTS } from './defaults.ts'
import { describeValue } from './describe-value.ts'
import type { Faults } from './faults.ts'
import { NAME_PATTERN } from './name-pattern.ts'
import { nearestName } from './nearest-name.ts'
import { readBoolean, readChoice, readDuration, readNames } from './readers.ts'
import { readCheckOptions } from './resolve-check-options.ts'
import type { CheckOptionsReading } from './resolve-check-options.ts'
import type { ResolvedDependency, ResolvedLimits } from './resolved-options.ts'
import { keysOf, toSection } from './section.ts'
import type { Section } from './section.ts'

/** What a dependency takes over from the lifecycle's own options. */
export interface DependencySurroundings {
  readonly faults: Faults
  readonly health: CheckOptionsReading
  /** Milliseconds. */
  readonly warmUpTimeout: number
}

type Key = keyof Dependency

/** What `typeof` says of each field: tells a misspelt field from what an object keeps for its own functions. */
const FIELDS: Readonly<Record<Key, 'string' | 'boolean' | 'object' | 'function'>> = Object.freeze({
  name: 'string',
  critical: 'boolean',
  scope: 'string',
  liveness: 'boolean',
  dependsOn: 'object',
  rewarm: 'boolean',
  warmUp: 'function',
  check: 'function',
  drain: 'function',
  close: 'function',
  health: 'object',
  limits: 'object',
})

export function readDependency(
  dependency: Readonly<Record<string, unknown>>,
  path: string,
  { faults, health, warmUpTimeout }: DependencySurroundings,
): ResolvedDependency {
  const section = toSection<Key>(faults, path, dependency)
  reportMisspelt(dependency, section)
  return Object.freeze({
    name: readName(section),
    critical: readBoolean(section, 'critical') ?? DEFAULTS.dependency.critical,
    ...readScope(section),
    dependsOn: readNames(section, 'dependsOn') ?? DEFAULTS.dependency.dependsOn,
    rewarm: readRewarm(section),
    warmUp: readStep(section, 'warmUp', dependency),
    check: readCheck(section, dependency),
    drain: readStep(section, 'drain', dependency),
    close: readStep(section, 'close', dependency),
    health: readCheckOptions(section.section('health', keysOf(DEFAULTS.health)), health).resolved,
    limits: readLimits(section, warmUpTimeout),
  })
}

/** A dependency may keep state of its own beside its fields, so only what is nearly a field, and of its type, is refused. */
function reportMisspelt(dependency: object, section: Section<Key>): void {
  const fields = keysOf(FIELDS)
  for (const [key, value] of Object.entries(dependency)) {
    if (fields.some((field) => field === key)) continue
    const nearest = nearestName(
      key,
      fields.filter((field) => FIELDS[field] === typeof value),
    )
    if (nearest !== undefined) section.faults.add(section.path, `unknown option "${key}"; did you mean "${nearest}"?`)
  }
}

function readName(section: Section<Key>): string {
  const name = section.get('name')
  if (typeof name !== 'string' || !NAME_PATTERN.test(name)) {
    section.fault(
      'name',
      `must be lower-case letters, digits and dashes, such as 'orders-db', not ${describeValue(name)}`,
    )
  }
  // The path stands in for a name that is missing: unlike an empty one it is not the same for two dependencies.
  return typeof name === 'string' && name !== '' ? name : section.path
}

function readScope(section: Section<Key>): Pick<ResolvedDependency, 'scope' | 'liveness'> {
  const scope = readChoice(section, 'scope', ['remote', 'local']) ?? DEFAULTS.dependency.scope
  const liveness = readBoolean(section, 'liveness') ?? DEFAULTS.dependency.liveness
  if (liveness && scope === 'remote') {
    const reason = 'one outage of what all instances share would restart every one of them'
    section.fault(
      'liveness',
      `only a local dependency may fail /livez: ${reason}; set scope: 'local', or leave liveness out`,
    )
  }
  return { scope, liveness }
}

function readRewarm(section: Section<Key>): boolean {
  const rewarm = readBoolean(section, 'rewarm') ?? DEFAULTS.dependency.rewarm
  if (rewarm && section.get('warmUp') === undefined) {
    section.fault('rewarm', 'there is no warmUp that could be run again; give it one, or leave rewarm out')
  }
  return rewarm
}

function readLimits(section: Section<Key>, warmUpTimeout: number): ResolvedLimits {
  const limits = section.section('limits', keysOf(DEFAULTS.dependency.limits))
  return Object.freeze({
    warmUp: readDuration(limits, 'warmUp', { positive: true }) ?? warmUpTimeout,
    drain: readDuration(limits, 'drain', { positive: true }),
    close: readDuration(limits, 'close', { positive: true }),
  })
}

function readStep(
  section: Section<Key>,
  key: 'warmUp' | 'drain' | 'close',
  dependency: object,
): ((context: StepContext) => Promise<void>) | undefined {
  const step = readFunction<StepContext, unknown>(section, key)
  if (step === undefined) return undefined
  return async (context) => {
    await step.call(dependency, context)
  }
}

function readCheck(section: Section<Key>, dependency: object): ResolvedDependency['check'] {
  const check = readFunction<CheckContext, CheckResult | void | Promise<CheckResult | void>>(section, 'check')
  return check && ((context) => check.call(dependency, context))
}

type Method<Context, Result> = (this: object, context: Context) => Result

function readFunction<Context, Result>(section: Section<Key>, key: Key): Method<Context, Result> | undefined {
  const value = section.get(key)
  if (value === undefined || isMethod<Context, Result>(value)) return value
  section.fault(key, `must be a function, not ${describeValue(value)}`)
  return undefined
}

/** What the function takes and gives cannot be seen from here: the type is the contract's word for it. */
function isMethod<Context, Result>(value: unknown): value is Method<Context, Result> {
  return typeof value === 'function'
}
