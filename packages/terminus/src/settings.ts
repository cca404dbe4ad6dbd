import { LifecycleError, parseDuration } from '@tidegate/core'

import type { HealthCheckMap, LifecycleExtras, TerminusOptions, TidegateOptions } from './options.ts'

export type Hook = () => unknown

/** Every option with its default; the caller's object is only read. */
export interface Settings {
  readonly healthChecks: HealthCheckMap
  readonly caseInsensitive: boolean
  /** In milliseconds; `Infinity` for none. */
  readonly timeout: number
  readonly signals: readonly NodeJS.Signals[]
  readonly sendFailuresDuringShutdown: boolean
  readonly statusOk: number
  readonly statusOkResponse: unknown
  readonly statusError: number
  readonly statusErrorResponse: unknown
  readonly useExit0: boolean
  readonly beforeShutdown: Hook
  readonly onSignal: Hook
  readonly onShutdown: Hook
  readonly onSendFailureDuringShutdown: Hook | undefined
  /** The caller's own: what is changed of them later counts. */
  readonly headers: Readonly<Record<string, string>>
  /** Tells whoever wants to know, and never throws. */
  tell(text: string, error: unknown): void
  /** Whether anybody does. */
  readonly isHeard: boolean
  readonly hookTimeout: number | undefined
  readonly checkTimeout: number | undefined
  readonly escalate: boolean
  readonly hooksWithoutServer: boolean
  /** `undefined` when nothing is said of it. */
  readonly lifecycle: LifecycleExtras | undefined
}

const nothing: Hook = () => {}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, for faults of `tidegate`; all others are taken as `@godaddy/terminus` does. */
export function readSettings(options: TerminusOptions): Settings {
  const {
    healthChecks = {},
    caseInsensitive = false,
    timeout = 1_000,
    signal = 'SIGTERM',
    signals = [],
    sendFailuresDuringShutdown = true,
    statusOk = 200,
    statusOkResponse = { status: 'ok' },
    statusError = 503,
    statusErrorResponse = { status: 'error' },
    useExit0 = false,
    beforeShutdown = nothing,
    onSigterm,
    onSignal,
    onShutdown = nothing,
    onSendFailureDuringShutdown,
    logger = nothing,
    headers = {},
    tidegate = {},
  } = options
  return {
    healthChecks,
    caseInsensitive,
    timeout: readTimeout(timeout),
    signals: [...new Set([...signals, signal])] as NodeJS.Signals[],
    sendFailuresDuringShutdown,
    statusOk,
    statusOkResponse,
    statusError,
    statusErrorResponse,
    useExit0,
    beforeShutdown,
    onSignal: onSignal || onSigterm || nothing,
    onShutdown,
    onSendFailureDuringShutdown,
    headers,
    isHeard: logger !== nothing,
    tell(text, error) {
      try {
        logger(text, error as Error)
      } catch {
        // There is nowhere left to say so.
      }
    },
    ...readTidegate(tidegate),
  }
}

/** What no timer can hold is for ever, as what is no number is there. */
function readTimeout(timeout: unknown): number {
  const ms = Number(timeout)
  return Number.isNaN(ms) || ms > LONGEST_MS ? Infinity : Math.max(0, ms)
}

/** Ten days: two of them fit into one timer. */
export const LONGEST_MS = 864_000_000

type Own = Pick<Settings, 'checkTimeout' | 'escalate' | 'hookTimeout' | 'hooksWithoutServer' | 'lifecycle'>

function readTidegate(tidegate: TidegateOptions): Own {
  const { lifecycle, hookTimeout, checkTimeout, escalate = false, hooksWithoutServer = false, ...unknown } = tidegate
  const faults = [
    ...Object.keys(unknown).map((name) => `tidegate.${name}: there is no such option`),
    ...durationFaults({ hookTimeout, checkTimeout }),
    ...theirs('shutdown', lifecycle?.shutdown, SHUTDOWN),
    ...theirs('warmUp', lifecycle?.warmUp, WARM_UP),
  ]
  if (faults.length > 0) {
    const lines = faults.map((fault) => `\n  ${fault}`).join('')
    throw new LifecycleError('TIDEGATE_CONFIG', `createTerminus was given options that cannot work:${lines}`)
  }
  return {
    lifecycle,
    hookTimeout: parseDuration(hookTimeout),
    checkTimeout: parseDuration(checkTimeout),
    escalate,
    hooksWithoutServer,
  }
}

function durationFaults(durations: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(durations)
    .filter(([, value]) => value !== undefined && !parseDuration(value))
    .map(([name, value]) => `tidegate.${name}: must be a duration above zero such as '10s', not ${String(value)}`)
}

const SHUTDOWN: Readonly<Record<string, string>> = {
  exit: 'useExit0 says how the process ends',
  lameDuck: 'wait in beforeShutdown',
  longLived: 'give timeout',
  onCrash: "the exit is not the lifecycle's here",
  requests: 'give timeout',
  signals: 'give signal or signals',
}

const WARM_UP: Readonly<Record<string, string>> = { onFailure: "the exit is not the lifecycle's here" }

/** What is not to be given for the lifecycle, since other options say it. */
function theirs(section: string, given: object | undefined, advice: Readonly<Record<string, string>>): string[] {
  return Object.keys(given ?? {}).flatMap((name) => {
    const instead = advice[name]
    return instead === undefined ? [] : [`tidegate.lifecycle.${section}.${name}: leave it out; ${instead}`]
  })
}
