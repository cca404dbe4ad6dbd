import type { CheckContext, CheckResult, StageContext, WarmUpContext } from '../dependency.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ResolvedCheckOptions } from '../health/check-options.ts'
import type { Logger } from '../logger.ts'
import type { LogStyle } from '../logging/log-style.ts'
import type { ProbeDetails } from '../probes/forms/probe-details.ts'
import type { ForProber } from '../probes/probers/prober-option.ts'
import type { Budget } from '../shutdown/budget.ts'
import type { SlowStart } from '../slow-start.ts'

/** The options of a lifecycle with every value known: copied, validated and frozen. Durations in milliseconds. */
export interface ResolvedOptions {
  readonly service: ResolvedService
  /** As they were given. */
  readonly dependencies: readonly ResolvedDependency[]
  readonly probes: ResolvedProbes
  readonly warmUp: ResolvedWarmUp
  /** `undefined`: off. */
  readonly slowStart: SlowStart | undefined
  readonly shutdown: Budget
  /** Which signals begin a shutdown; empty when they are left to the user. */
  readonly signals: readonly NodeJS.Signals[]
  /** Whether the process exits after a signal's shutdown. */
  readonly exit: boolean
  /** What requests get after the lame duck. */
  readonly late: 'serve' | 'reject'
  readonly onCrash: 'exit' | 'drain'
  /** With the service's name, which it needs. */
  readonly fleet: ResolvedFleet | undefined
  /** How the default logger writes. */
  readonly logStyle: LogStyle
  /** The user's own object, neither copied nor frozen; `undefined` asks for the default logger, `false` for silence. */
  readonly logger: Logger | false | undefined
}

export interface ResolvedFleet {
  readonly fleet: Fleet
  readonly service: string
}

export interface ResolvedService {
  readonly name?: string
  readonly version?: string
  readonly instance: string
}

/** A dependency whose functions call those of the user's object with that object as `this`. */
export interface ResolvedDependency {
  readonly name: string
  readonly critical: boolean
  readonly scope: 'remote' | 'local'
  readonly liveness: boolean
  readonly dependsOn: readonly string[]
  /** Only of one with a `warmUp`. */
  readonly rewarm: boolean
  /** What a step throws is a rejection, also when the user's function is not asynchronous. */
  readonly warmUp: ((context: WarmUpContext) => Promise<void>) | undefined
  readonly check: ((context: CheckContext) => CheckResult | void | Promise<CheckResult | void>) | undefined
  readonly drain: ((context: StageContext) => Promise<void>) | undefined
  readonly close: ((context: StageContext) => Promise<void>) | undefined
  readonly health: ResolvedCheckOptions
  readonly limits: ResolvedLimits
}

export interface ResolvedLimits {
  readonly warmUp: number
  /** `undefined`: until the drain's own deadline. */
  readonly drain: number | undefined
  /** `undefined`: its share of the time left for closing, by `closeLimit`. */
  readonly close: number | undefined
}

export interface ResolvedProbes {
  /** With the prefix, a slash in front and none at the end; no two are the same. */
  readonly paths: ResolvedProbePaths
  readonly readiness: 'startup' | 'always' | 'fleet'
  readonly details: ForProber<ProbeDetails>
  /** What readiness and health answer while leaving. */
  readonly drainStatus: ForProber<number>
  readonly envoy: boolean
  /** Addresses and CIDRs. */
  readonly trusted: readonly string[]
  /** Of the second server; `undefined` for none. */
  readonly port: number | undefined
  readonly host: string | undefined
}

export interface ResolvedProbePaths {
  readonly live: string | false
  readonly ready: string | false
  readonly startup: string | false
  readonly health: string | false
}

export interface ResolvedWarmUp {
  /** Of an attempt. */
  readonly timeout: number
  /** Of the whole: as long as one attempt, or the longest of those that a critical dependency is given. */
  readonly readyWithin: number
  readonly retry: { readonly initial: number; readonly max: number }
  readonly whileWarming: 'reject' | 'queue' | 'serve' | 'closed'
  readonly queue: { readonly size: number; readonly wait: number }
  readonly onFailure: 'wait' | 'exit'
}
