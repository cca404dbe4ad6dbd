import cluster from 'node:cluster'
import { hostname } from 'node:os'

import type { LifecycleOptions, ServiceOptions, WarmUpOptions } from '../lifecycle/lifecycle-options.ts'
import type { Logger } from '../logger.ts'
import { chooseLogStyle } from '../logging/log-style.ts'
import type { LogStyle } from '../logging/log-style.ts'
import { DEFAULTS } from './defaults.ts'
import { describeValue } from './describe-value.ts'
import { formatDuration } from './duration.ts'
import { createFaults } from './faults.ts'
import { readChoice, readCount, readDuration, readText } from './readers.ts'
import { readCheckOptions } from './resolve-check-options.ts'
import { resolveDependencies } from './resolve-dependencies.ts'
import { resolveFleet } from './resolve-fleet.ts'
import { resolveProbes } from './resolve-probes.ts'
import { resolveShutdown } from './resolve-shutdown.ts'
import { resolveSlowStart } from './resolve-slow-start.ts'
import type { ResolvedOptions, ResolvedService, ResolvedWarmUp } from './resolved-options.ts'
import { isRecord, keysOf, openSection, ROOT } from './section.ts'
import type { Section } from './section.ts'

const { service, health, probes, warmUp, slowStart, shutdown } = DEFAULTS
const SECTIONS = { service, health, probes, warmUp, slowStart, shutdown }
const OPTIONS: readonly (keyof LifecycleOptions)[] = [...keysOf(SECTIONS), 'dependencies', 'fleet', 'logger']
const OPTIONS_INSIDE = Object.entries(SECTIONS).flatMap(([name, options]) =>
  Object.keys(options).map((key) => `${name}.${key}`),
)

/**
 * Copies the options, puts defaults where nothing is given, and freezes the result; the caller's object is only read.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, naming every fault at once.
 */
export function resolveOptions(options?: LifecycleOptions): ResolvedOptions {
  const faults = createFaults()
  const root = openSection({ faults, path: ROOT, value: options, known: OPTIONS, elsewhere: OPTIONS_INSIDE })

  const readWarmUp = resolveWarmUp(root.section('warmUp', keysOf(warmUp)))
  const dependencies = resolveDependencies(root.get('dependencies'), {
    faults,
    health: readCheckOptions(root.section('health', keysOf(health))),
    warmUpTimeout: readWarmUp.timeout,
  })
  const attempts = dependencies.filter(({ critical }) => critical).map(({ limits }) => limits.warmUp)
  const { budget, ...process } = resolveShutdown(root.section('shutdown', keysOf(shutdown)))
  const resolvedService = resolveService(root.section('service', keysOf(service)))
  const resolvedProbes = resolveProbes(root.section('probes', keysOf(probes)))
  const resolved = Object.freeze({
    service: resolvedService,
    dependencies,
    probes: resolvedProbes,
    fleet: resolveFleet(root, resolvedService, resolvedProbes),
    warmUp: Object.freeze({ ...readWarmUp, readyWithin: Math.max(readWarmUp.timeout, ...attempts) }),
    slowStart: resolveSlowStart(root),
    shutdown: budget,
    ...process,
    logStyle: resolveLogStyle(root),
    logger: resolveLogger(root),
  })
  faults.throwIfAny()
  return resolved
}

function resolveService(section: Section<keyof ServiceOptions>): ResolvedService {
  const name = readText(section, 'name')
  const version = readText(section, 'version')
  const instance = readText(section, 'instance') ?? `${hostname()}-${process.pid}`
  return Object.freeze({ ...(name !== undefined && { name }), ...(version !== undefined && { version }), instance })
}

function resolveWarmUp(section: Section<keyof WarmUpOptions>): Omit<ResolvedWarmUp, 'readyWithin'> {
  return {
    timeout: readDuration(section, 'timeout', { positive: true }) ?? warmUp.timeout,
    retry: resolveRetry(section),
    whileWarming:
      readChoice(section, 'whileWarming', ['reject', 'queue', 'serve', 'closed']) ??
      (cluster.isWorker ? 'closed' : warmUp.whileWarming),
    queue: resolveQueue(section),
    onFailure: readChoice(section, 'onFailure', ['wait', 'exit']) ?? warmUp.onFailure,
  }
}

function resolveQueue(warmUpSection: Section<keyof WarmUpOptions>): ResolvedWarmUp['queue'] {
  const section = warmUpSection.section('queue', keysOf(warmUp.queue))
  return Object.freeze({
    size: readCount(section, 'size') ?? warmUp.queue.size,
    wait: readDuration(section, 'wait', { positive: true }) ?? warmUp.queue.wait,
  })
}

function resolveRetry(warmUpSection: Section<keyof WarmUpOptions>): ResolvedWarmUp['retry'] {
  const section = warmUpSection.section('retry', keysOf(warmUp.retry))
  const initial = readDuration(section, 'initial', { positive: true }) ?? warmUp.retry.initial
  const max = readDuration(section, 'max', { positive: true }) ?? warmUp.retry.max
  if (max < initial) {
    section.fault(
      'max',
      `${formatDuration(max)} is less than initial, which is ${formatDuration(initial)}; the pause only grows`,
    )
  }
  return Object.freeze({ initial, max })
}

function resolveLogStyle(root: Section<keyof LifecycleOptions>): LogStyle {
  const style = chooseLogStyle(process.env, process.stderr)
  if (style !== undefined) return style
  // Another logger has a form of its own.
  if (root.get('logger') === undefined) {
    root.faults.add('TIDEGATE_LOG', `must be pretty or json, not ${describeValue(process.env['TIDEGATE_LOG'])}`)
  }
  return 'json'
}

const LOGGER_METHODS: readonly (keyof Logger)[] = ['debug', 'info', 'warn', 'error']

function resolveLogger(root: Section<keyof LifecycleOptions>): Logger | false | undefined {
  const value = root.get('logger')
  if (value === undefined || value === false || isLogger(value)) return value
  const methods = LOGGER_METHODS.join(', ')
  if (isRecord(value)) {
    const missing = LOGGER_METHODS.filter((method) => typeof value[method] !== 'function')
    root.fault(
      'logger',
      `has no ${missing.join(', ')}; it needs ${methods}, each taking an object and a message, as pino's do`,
    )
  } else {
    root.fault('logger', `must be an object with ${methods}, or false for silence, not ${describeValue(value)}`)
  }
  return undefined
}

function isLogger(value: unknown): value is Logger {
  return isRecord(value) && LOGGER_METHODS.every((method) => typeof value[method] === 'function')
}
