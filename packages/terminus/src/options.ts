// oxlint-disable typescript/no-explicit-any -- what @godaddy/terminus calls any has to stay it: code written for it would not compile
import type { Duration, LifecycleOptions, ProbesOptions, ShutdownOptions, WarmUpOptions } from '@tidegate/core'

/** One object for each server; it changes under the checks that were given it. */
export interface TerminusState {
  isShuttingDown: boolean
}

/** Passes when it resolves, whose value is shown when it is truthy; fails when it rejects. It runs at each probe. */
export type HealthCheck = ({ state }: { state: TerminusState }) => Promise<any>

export type HealthCheckMap = {
  /** Whether what a check resolves with is merged into the answer instead of being shown under `info`. Default `false`. */
  verbatim?: boolean
  /** Whether errors among the causes are shown with their stack. Default `false`. */
  __unsafeExposeStackTraces?: boolean
  /** By the whole target of the request, query included; of any method. */
  [url: string]: HealthCheck | boolean | undefined
}

/** The options of `@godaddy/terminus`, and `tidegate` for what that has not. */
export interface TerminusOptions {
  /** Default none. */
  healthChecks?: HealthCheckMap
  /** Whether the case of a request's target does not matter. Default `false`. */
  caseInsensitive?: boolean
  /**
   * How long requests in flight may take once the server has stopped listening, in milliseconds; what is left then is
   * cut. Default 1000. `Infinity` is for ever. Event streams and WebSockets get 5 s of it at most. It does not limit hooks.
   */
  timeout?: number
  /** One more for `signals`. Default `'SIGTERM'`. */
  signal?: string
  /** The signals that begin a shutdown. Default none but `signal`. */
  signals?: string[]
  /** Whether every health check fails while shutting down, without being called. Default `true`. */
  sendFailuresDuringShutdown?: boolean
  /** The status code of a check that passes. Default 200. */
  statusOk?: number
  /** What is answered then. Default `{ status: 'ok' }`. */
  statusOkResponse?: Record<string, unknown>
  /** The status code of a check that fails, unless its error has a `statusCode`. Default 503. */
  statusError?: number
  /** What is answered then, unless the error has a `statusResponse`. Default `{ status: 'error' }`. */
  statusErrorResponse?: Record<string, unknown>
  /** Whether the process exits with 0 in the end, instead of dying by the signal. Default `false`. */
  useExit0?: boolean
  /** Awaited once the last request is answered. */
  onSignal?: () => Promise<any>
  /** Awaited before each failure that `sendFailuresDuringShutdown` sends. */
  onSendFailureDuringShutdown?: () => Promise<any>
  /** Awaited after `onSignal`. */
  onShutdown?: () => Promise<any>
  /** Awaited first, while everything is still served: the place to wait until balancers have heard. */
  beforeShutdown?: () => Promise<any>
  /** Told of checks that fail, and of hooks that do; of the lifecycle's warnings and errors, too. */
  logger?: (msg: string, err: Error) => void
  /** Sent with every answer of a health check. */
  headers?: { [key: string]: string }
  /** An old name of `onSignal`, which wins. */
  onSigterm?: () => Promise<any>

  /** What `@godaddy/terminus` has not. Each of it changes how the process ends, or how long it takes. Default none. */
  tidegate?: TidegateOptions
}

export type Terminus = <Server>(server: Server, options?: TerminusOptions) => Server

/** What stays with `@godaddy/terminus`' own options: `timeout`, `signal`, `signals`, `useExit0` and the hooks. */
type TheirShutdown = 'exit' | 'lameDuck' | 'longLived' | 'onCrash' | 'requests' | 'signals'

export interface LifecycleExtras extends Omit<LifecycleOptions, 'probes' | 'shutdown' | 'warmUp'> {
  /** Default: none of the probes is answered, so that no path of the application is taken. `{}` gives all of them. */
  readonly probes?: ProbesOptions
  /**
   * `gracePeriod` counts from the end of `beforeShutdown`, and `close` from the end of `onShutdown`: neither limits the hooks.
   * Default: no `gracePeriod`, and 5 s for `close`.
   */
  readonly shutdown?: Omit<ShutdownOptions, TheirShutdown>
  /** `whileWarming` is `'serve'` unless it is given. */
  readonly warmUp?: Omit<WarmUpOptions, 'onFailure'>
}

export interface TidegateOptions {
  /**
   * For the lifecycle behind the server: dependencies above all. `onSignal` and `onShutdown` run before any of them is
   * closed. What it warns of goes to the `logger` beside it, unless it is given one of its own.
   */
  lifecycle?: LifecycleExtras
  /** How long each hook may take; one that takes longer fails, and the process exits with 1. Default: no limit. */
  hookTimeout?: Duration
  /** How long a health check may take; one that takes longer fails. Default: no limit. */
  checkTimeout?: Duration
  /** Whether SIGINT, 500 ms or more after the first signal, ends the process at once with 130. Default `false`. */
  escalate?: boolean
  /** Whether hooks run also where the server does not listen, instead of an exit with 1. Default `false`. */
  hooksWithoutServer?: boolean
}
