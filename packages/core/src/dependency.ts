import type { CheckOptions } from './health/check-options.ts'
import type { Logger } from './logger.ts'
import type { Duration } from './options/duration.ts'
import type { SelfConnection, SelfConnectOptions } from './self/connect-to-self.ts'

/** What every step of a dependency is given: how long it may take, and where to say something. */
export interface StepContext {
  /** Aborted when the step has reached its limit, or the lifecycle no longer wants its result. */
  readonly signal: AbortSignal
  /** Milliseconds left until the step's limit; never below 0. */
  remaining(): number
  /** The lifecycle's logger, with the dependency's name bound to every line. */
  readonly logger: Logger
}

/** What {@link Dependency.warmUp} is given. `remaining()` counts down `warmUp.timeout` or `limits.warmUp`. */
export interface WarmUpContext extends StepContext {
  /**
   * Says how far the warm-up has come, as `3` of `10` `'connections'`. It appears in the report, in the `warmup`
   * events and in the log; probes show it, too, unless `probes.details` is `'none'`.
   */
  progress(done: number, total: number, unit?: string): void
  /**
   * Names of those whose recovery has made it necessary to warm up once more, its own among them when it is the one that
   * has recovered; absent the first time. See {@link Dependency.rewarm}.
   */
  readonly recovered?: readonly string[] | undefined
  /** The lifecycle's `warmUp.retry` in milliseconds, for whoever goes on trying by itself. */
  readonly retry?: { readonly initial: number; readonly max: number } | undefined
  /**
   * Connects to the service's own server, whether its port is open or not. What is asked there reaches the application
   * while everybody else is refused, and only the application: no gate judges it, it is no probe, and nobody counts it.
   * `isSelfRequest` tells handlers. Close it before the warm-up ends.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG` when the lifecycle has no such server; the error of a TLS handshake; the
   * signal's reason.
   */
  connectToSelf(options?: SelfConnectOptions): Promise<SelfConnection>
}

/**
 * What {@link Dependency.check} is given. `remaining()` counts down `health.timeout`, past which the run counts as a
 * fail; `signal` aborts only at `health.abandonAfter`, when the run is given up.
 */
export interface CheckContext extends StepContext {
  /**
   * Milliseconds after which the run is given up: what a driver's own limits belong at. `timeout` only judges, so that
   * a slow server is not asked to throw away one connection per check.
   */
  readonly abandonAfter: number
}

/** What {@link Dependency.drain} and {@link Dependency.close} are given. */
export interface StageContext extends StepContext {}

/** What one run of a check found. `warn` degrades the service without taking it out of rotation. */
export interface CheckResult {
  readonly status: 'pass' | 'warn' | 'fail'
  /** Shown only where details are allowed, and with anything that looks like a credential taken out. */
  readonly message?: string | undefined
  readonly data?: Readonly<Record<string, number | string | boolean>> | undefined
}

/** How long each step of one dependency may take. */
export interface DependencyLimits {
  /** One attempt of the warm-up. Default: `warmUp.timeout`. */
  readonly warmUp?: Duration | undefined
  /** The `drain` step. Default: until the drain's own deadline. */
  readonly drain?: Duration | undefined
  /** The `close` step. Default: its share of `shutdown.close`. */
  readonly close?: Duration | undefined
}

/** Anything the service needs: a database, a cache, a queue, another service, a local resource. */
export interface Dependency<Name extends string = string> {
  /** Unique in its lifecycle: lower-case letters, digits and dashes. */
  readonly name: Name
  /**
   * Whether the service is down without it. Default `true`. Failing a non-critical one only degrades; a critical one
   * may not depend on a non-critical one.
   */
  readonly critical?: boolean | undefined
  /** Whether others share it (`'remote'`, the default) or it is this process's own (`'local'`). */
  readonly scope?: 'remote' | 'local' | undefined
  /** Whether its failing also fails `/livez`, which restarts the process. Only for `scope: 'local'`. Default `false`. */
  readonly liveness?: boolean | undefined
  /** Names of the dependencies that must be warm before this one and are closed after it. */
  readonly dependsOn?: readonly string[] | undefined
  /**
   * Whether it is warmed up again after it has recovered itself, or something it depends on has, before that one's status
   * turns from `fail`. Needs a `warmUp`. Default `false`.
   */
  readonly rewarm?: boolean | undefined
  /** Makes it usable. Runs before ready, after everything it depends on; a rejection is retried by `warmUp.retry`. */
  warmUp?(context: WarmUpContext): Promise<void>
  /** Asks whether it works. A throw or a rejection is a fail; returning nothing is a pass. */
  check?(context: CheckContext): CheckResult | void | Promise<CheckResult | void>
  /** Stops taking new work (queue consumers, schedulers). Runs from the signal on, and is awaited before `close`. */
  drain?(context: StageContext): Promise<void>
  /** Lets go of it. Runs after the last request, and before what it depends on is closed. */
  close?(context: StageContext): Promise<void>
  /** This check's own numbers; what is not given comes from the lifecycle's `health`. */
  readonly health?: CheckOptions | undefined
  readonly limits?: DependencyLimits | undefined
}

/** Returns the dependency as it is, with its name kept as a literal type for `requires`. */
export function defineDependency<const Name extends string>(dependency: Dependency<Name>): Dependency<Name> {
  return dependency
}
