import type { DependencyLimits } from '../dependency.ts'
import type { CheckOptions } from '../health/check-options.ts'
import type {
  ProbePaths,
  ProbesOptions,
  QueueOptions,
  RetryOptions,
  ServiceOptions,
  ShutdownOptions,
  SlowStartOptions,
  WarmUpOptions,
} from '../lifecycle/lifecycle-options.ts'

/** A default that grows with what there is to share out: `share` of it, but no more than `atMost` milliseconds. */
export interface ScaledDefault {
  readonly share: number
  readonly atMost: number
}

/** Every key of `Options`, each with what stands when it is not given; `undefined` where nothing fixed does. */
type DefaultsOf<Options> = { readonly [Key in keyof Required<Options>]: unknown }

export interface Defaults {
  /** `instance` is made of the host's name and the process id when the lifecycle is created. */
  readonly service: Readonly<Record<keyof ServiceOptions, undefined>>
  readonly dependency: {
    readonly critical: boolean
    readonly scope: 'remote' | 'local'
    readonly liveness: boolean
    readonly dependsOn: readonly string[]
    readonly rewarm: boolean
    /** `warmUp` is `warmUp.timeout`; `drain` and `close` are what the shutdown has left for them. */
    readonly limits: Readonly<Record<keyof DependencyLimits, undefined>>
  }
  readonly health: DefaultsOf<CheckOptions> & {
    readonly interval: number
    readonly retryInterval: number
    readonly timeout: number
    readonly fall: number
    readonly rise: number
    readonly abandonAfter: number
    /** So many intervals and timeouts of the same check. */
    readonly staleAfter: { readonly intervals: number; readonly timeouts: number }
    readonly holdDown: false
  }
  readonly probes: DefaultsOf<ProbesOptions> & {
    readonly paths: Readonly<Record<keyof ProbePaths, string>>
    readonly prefix: string
    readonly readiness: 'startup' | 'always' | 'fleet'
    readonly details: 'none' | 'summary' | 'full'
    readonly port: undefined
    readonly host: undefined
    readonly drainStatus: number
    readonly envoy: boolean
    readonly trusted: undefined
  }
  readonly warmUp: DefaultsOf<WarmUpOptions> & {
    readonly timeout: number
    readonly retry: Readonly<Record<keyof RetryOptions, number>>
    /** In a cluster worker it is `'closed'`. */
    readonly whileWarming: 'reject' | 'queue' | 'serve' | 'closed'
    readonly queue: Readonly<Record<keyof QueueOptions, number>>
    readonly onFailure: 'wait' | 'exit'
  }
  /** Of what is given; without any of it slow start is off. */
  readonly slowStart: Readonly<Record<keyof SlowStartOptions, number>>
  readonly shutdown: DefaultsOf<ShutdownOptions> & {
    readonly gracePeriod: number
    readonly preStop: false
    /** A share of `gracePeriod`. */
    readonly margin: ScaledDefault
    /** A share of what `gracePeriod` leaves after `preStop` and `margin`, as are `linger` and `close`. */
    readonly lameDuck: ScaledDefault
    readonly linger: ScaledDefault
    readonly close: ScaledDefault
    readonly requests: undefined
    readonly longLived: undefined
    readonly signals: readonly NodeJS.Signals[]
    readonly exit: boolean
    readonly late: 'serve' | 'reject'
    readonly onCrash: 'exit' | 'drain'
  }
}

/**
 * What stands when an option is not given; durations in milliseconds. The keys are also the whole list of known
 * options: whatever is not here is refused by name.
 */
export const DEFAULTS: Defaults = deepFreeze<Defaults>({
  service: { name: undefined, version: undefined, instance: undefined },
  dependency: {
    critical: true,
    scope: 'remote',
    liveness: false,
    dependsOn: [],
    rewarm: false,
    limits: { warmUp: undefined, drain: undefined, close: undefined },
  },
  health: {
    interval: 10_000,
    retryInterval: 1_000,
    timeout: 1_000,
    fall: 3,
    rise: 2,
    abandonAfter: 30_000,
    staleAfter: { intervals: 3, timeouts: 1 },
    holdDown: false,
  },
  probes: {
    paths: { live: '/livez', ready: '/readyz', startup: '/startupz', health: '/healthz' },
    prefix: '',
    readiness: 'startup',
    details: 'summary',
    port: undefined,
    host: undefined,
    drainStatus: 503,
    envoy: false,
    trusted: undefined,
  },
  warmUp: {
    timeout: 60_000,
    retry: { initial: 100, max: 5_000 },
    whileWarming: 'reject',
    queue: { size: 100, wait: 10_000 },
    onFailure: 'wait',
  },
  slowStart: { window: 60_000, initial: 0.1, aggression: 1 },
  shutdown: {
    gracePeriod: 30_000,
    preStop: false,
    margin: { share: 0.05, atMost: 1_000 },
    lameDuck: { share: 0.35, atMost: 10_000 },
    linger: { share: 0.1, atMost: 1_000 },
    requests: undefined,
    longLived: undefined,
    close: { share: 0.2, atMost: 5_000 },
    signals: ['SIGTERM', 'SIGINT'],
    exit: true,
    late: 'serve',
    onCrash: 'exit',
  },
})

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  return Object.freeze(value)
}
