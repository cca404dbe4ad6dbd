import type { ConnectionOptions } from 'node:tls'

import { assertDependencyOptions, parseDuration } from '@tidegate/core'
import type { DependencyOptions, Duration, OptionRule, WebServer } from '@tidegate/core'

import { isRequest, readRequest } from './read-request.ts'
import type { ReadyRequest, SelfRequest } from './read-request.ts'

/** How many requests are under way at once: from so many, doubled again and again, to so many. */
export interface Concurrency {
  /** Default 1. */
  readonly from?: number | undefined
  /** Default 4. */
  readonly to?: number | undefined
}

export interface SelfRequestsOptions<Name extends string = string> extends Omit<
  DependencyOptions<Name>,
  'close' | 'rewarm'
> {
  /** What is asked, again and again: `'/products'`, `'DELETE /cart'`, or an object with headers and a body. */
  readonly requests: readonly (string | SelfRequest)[]
  /** A number is both. Default `{ from: 1, to: 4 }`. */
  readonly concurrency?: number | Concurrency | undefined
  /**
   * At least so many requests are sent, however steady their latency is. Default 100. When you give it, a latency that is
   * steady by then is taken for warm, even if it never became faster.
   */
  readonly minimum?: number | undefined
  /** No more than these are sent. Default 5000. */
  readonly maximum?: number | undefined
  /** By how much of itself the latency may still change from one window to the next. Default 0.1. */
  readonly tolerance?: number | undefined
  /**
   * After so long it goes on as it is, and says so: that is no failure. What is left of one attempt of the warm-up bounds it,
   * too. Default `'30s'`.
   */
  readonly limit?: Duration | undefined
  /** An answer that takes longer is none. Default `'10s'`. */
  readonly timeout?: Duration | undefined
  /** Which of the lifecycle's servers. Default: the one attached first. */
  readonly server?: WebServer | undefined
  /** For a server that speaks TLS: `servername`, `ALPNProtocols`, the `cert` and `key` of a client. Its own is not judged. */
  readonly tls?: ConnectionOptions | undefined
  /** Whether the service is not ready without it. Default `false`: it is held back for one attempt. */
  readonly critical?: boolean | undefined
}

/** Durations in milliseconds. */
export interface ResolvedSelfRequests {
  readonly requests: readonly ReadyRequest[]
  readonly from: number
  readonly to: number
  readonly minimum: number
  /** Whether what is steady after `minimum` is warm, however slow it is. */
  readonly takesPlateau: boolean
  readonly maximum: number
  readonly tolerance: number
  readonly limit: number
  readonly timeout: number
}

const DEFAULTS = { from: 1, to: 4, minimum: 100, maximum: 5_000, tolerance: 0.1, limit: 30_000, timeout: 10_000 }

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const COUNT: OptionRule = { fits: isCount, what: 'a whole number of at least 1' }
const DURATION: OptionRule = {
  fits: (value) => (parseDuration(value) ?? 0) > 0,
  what: "a duration above 0, as '250ms' or '5s'",
}

const OWN: Readonly<Record<Exclude<keyof SelfRequestsOptions, keyof DependencyOptions>, OptionRule>> = {
  requests: {
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isRequest),
    what: "a list of at least one '/path', 'METHOD /path' or { method, path, headers, body }",
  },
  concurrency: {
    fits: (value) =>
      isCount(value) ||
      (isObject(value) && Object.entries(value as object).every(([key, n]) => /^(?:from|to)$/.test(key) && isCount(n))),
    what: 'a whole number of at least 1, or { from, to } of such',
  },
  minimum: COUNT,
  maximum: COUNT,
  tolerance: {
    fits: (value) => typeof value === 'number' && value > 0 && value < 1,
    what: 'a share above 0 and below 1, as 0.1',
  },
  limit: DURATION,
  timeout: DURATION,
  server: { fits: (value) => isObject(value) && 'emit' in (value as object), what: 'a server of the lifecycle' },
  tls: { fits: isObject, what: "an object, as { servername: 'shop.example' }" },
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function readSelfRequestsOptions(options: SelfRequestsOptions): ResolvedSelfRequests {
  const given = (options ?? {}) as Partial<SelfRequestsOptions>
  const { minimum = DEFAULTS.minimum, maximum = DEFAULTS.maximum } = given
  const { from = DEFAULTS.from, to = Math.max(from, DEFAULTS.to) } = readConcurrency(given.concurrency)
  const faults: string[] = []
  if (given.requests === undefined) faults.push("options.requests is missing: what to ask, as ['/products']")
  if (isCount(minimum) && isCount(maximum) && minimum > maximum) {
    faults.push(`options.minimum is ${minimum}, and more than maximum, which is ${maximum}`)
  }
  if (isCount(from) && isCount(to) && from > to) {
    faults.push(`options.concurrency.from is ${from}, and more than to, which is ${to}`)
  }
  const common = ['name', 'critical', 'dependsOn', 'limits', 'health'] as const
  assertDependencyOptions({ call: 'selfRequests(options)', options, common, own: { ...OWN }, faults })
  return {
    requests: (given.requests ?? []).map(readRequest),
    from,
    to,
    minimum,
    takesPlateau: given.minimum !== undefined,
    maximum,
    tolerance: given.tolerance ?? DEFAULTS.tolerance,
    limit: parseDuration(given.limit) ?? DEFAULTS.limit,
    timeout: parseDuration(given.timeout) ?? DEFAULTS.timeout,
  }
}

function readConcurrency(given: number | Concurrency | undefined): Concurrency {
  return typeof given === 'number' ? { from: given, to: given } : (given ?? {})
}
