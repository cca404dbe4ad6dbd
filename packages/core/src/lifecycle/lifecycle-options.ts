import type { Dependency } from '../dependency.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { CheckOptions } from '../health/check-options.ts'
import type { Logger } from '../logger.ts'
import type { Duration } from '../options/duration.ts'
import type { ProbeDetails } from '../probes/forms/probe-details.ts'
import type { Prober } from '../probes/probers/prober.ts'

/** Who is asked: shown in the report, and bound to every line of the default logger. */
export interface ServiceOptions {
  readonly name?: string | undefined
  readonly version?: string | undefined
  /** Default: the host's name and the process id. */
  readonly instance?: string | undefined
}

/** Where each probe is answered; `false` leaves the path to the application. */
export interface ProbePaths {
  /** Whether the process should be restarted. Default `'/livez'`. */
  readonly live?: string | false | undefined
  /** Whether this instance should get requests, for Kubernetes. Default `'/readyz'`. */
  readonly ready?: string | false | undefined
  /** Whether the warm-up has completed once. Default `'/startupz'`. */
  readonly startup?: string | false | undefined
  /** As `ready`, and every critical dependency works: for balancers that fail open, and for people. Default `'/healthz'`. */
  readonly health?: string | false | undefined
}

export interface ProbesOptions {
  readonly paths?: ProbePaths | undefined
  /** Put before every path: `'/internal'` gives `/internal/healthz`. Default none. */
  readonly prefix?: string | undefined
  /**
   * Whether `/readyz` depends on critical remote dependencies only until first ready (`'startup'`, the default, because
   * Kubernetes does not fail open: one failover would empty every Service) or for ever (`'always'`). With `'fleet'` it is
   * as `'startup'`, and besides, one that fails here and works for most other instances takes this one out, while the
   * fleet allows it.
   */
  readonly readiness?: 'startup' | 'always' | 'fleet' | undefined
  /**
   * Opens a second server that answers probes and nothing else, from `listen`, `start` or the opening of an attached port
   * on until everything else has closed; 404 for other requests. Default: none. The other servers answer probes as well.
   */
  readonly port?: number | undefined
  /**
   * Where the second server listens. Default: every address, as whoever probes comes over the network. Give `'127.0.0.1'`
   * when only this machine asks.
   */
  readonly host?: string | undefined
  /**
   * What answers show: the status alone (`'none'`), also each dependency's name and state (`'summary'`, the default), or
   * also messages, data and timings (`'full'`). A function decides for each prober, at once; what it throws, or returns
   * instead of one of these, is logged once, and the status alone is shown.
   */
  readonly details?: ProbeDetails | ((prober: Prober) => ProbeDetails) | undefined
  /**
   * The status code of `/readyz` and `/healthz` while leaving: a whole number from 200 to 599 other than 204, 205 and 304, or
   * a function of the prober. Default 503. 404 is for HAProxy's `disable-on-404`. What the function throws, or returns
   * instead, is logged once, and 503 is answered.
   */
  readonly drainStatus?: number | ((prober: Prober) => number) | undefined
  /**
   * Whether to tell Envoy: `x-envoy-degraded` on probes that answer `warn`, and while leaving
   * `x-envoy-immediate-health-check-fail` on every answer, by which it takes this instance out at once. Default `false`.
   */
  readonly envoy?: boolean | undefined
  /**
   * Addresses and ranges (`'10.0.0.7'`, `'10.0.0.0/8'`) whose `X-Haproxy-Server-State` is believed: when all who ask for
   * readiness are HAProxies that have taken this instance out, the lame duck is over. Default: none.
   */
  readonly trusted?: readonly string[] | undefined
}

export interface RetryOptions {
  /** Longest pause before the second attempt; it doubles with each. Default `'100ms'`. The pause is random below it. */
  readonly initial?: Duration | undefined
  /** What the longest pause grows to. Default `'5s'`. */
  readonly max?: Duration | undefined
}

export interface WarmUpOptions {
  /**
   * How long one attempt of a dependency's warm-up may take, and the service until it is ready, unless a dependency's
   * `limits.warmUp` is longer. Default `'60s'`.
   */
  readonly timeout?: Duration | undefined
  readonly retry?: RetryOptions | undefined
  /**
   * What the application's requests get meanwhile: 503 with `Retry-After` (`'reject'`, the default); a place in front of the
   * application (`'queue'`), until it is ready, and 503 where that takes too long or too many wait; service (`'serve'`); or
   * no port (`'closed'`): it opens when the service is ready, and probes are answered on `probes.port`. In a worker of
   * `node:cluster` the default is `'closed'`: connections go to whoever listens.
   */
  readonly whileWarming?: 'reject' | 'queue' | 'serve' | 'closed' | undefined
  /** Of `whileWarming: 'queue'`. */
  readonly queue?: QueueOptions | undefined
  /**
   * When an attempt of a critical dependency fails, or the service is not ready within `timeout`: go on for as long as it
   * takes, unready (`'wait'`, the default: a startup probe restarts by its own threshold), or shut down and exit with code
   * 1 (`'exit'`).
   */
  readonly onFailure?: 'wait' | 'exit' | undefined
}

/** How traffic is to grow from ready on. */
export interface SlowStartOptions {
  /** How long it takes until the weight is 1. Default `'60s'`. */
  readonly window?: Duration | undefined
  /** The weight it begins with, and the least there is: above 0, up to 1. Default 0.1. */
  readonly initial?: number | undefined
  /** Above 1 the weight grows faster at first, below 1 slower. Default 1: evenly. */
  readonly aggression?: number | undefined
}

export interface QueueOptions {
  /** How many requests may wait; further ones get 503. Default 100. */
  readonly size?: number | undefined
  /** How long each may wait before it gets 503. Default `'10s'`. */
  readonly wait?: Duration | undefined
}

/**
 * The way out. Numbers not given scale with `gracePeriod`; given ones are taken as they are, and `createLifecycle`
 * refuses what cannot fit.
 */
export interface ShutdownOptions {
  /** From the signal to the kill, as the orchestrator counts it. Default `'30s'`, which is Kubernetes' own. */
  readonly gracePeriod?: Duration | undefined
  /** How long a `preStop` hook takes out of it before the signal comes. Default `false`: there is none. */
  readonly preStop?: Duration | false | undefined
  /** Kept free at the end. Default: 5 % of `gracePeriod`, at most `'1s'`. */
  readonly margin?: Duration | undefined
  /**
   * How long to go on serving, unready, until whoever routes to us has heard. Default: 35 % of what there is, at most
   * `'10s'`, when somebody can hear it (Kubernetes, ECS, or a readiness probe in the last 60 s), else none; none on
   * SIGINT. `false` is never; a duration is always honoured.
   */
  readonly lameDuck?: Duration | false | undefined
  /** How long idle connections are left open after the listener has closed. Default: 10 %, at most `'1s'`. */
  readonly linger?: Duration | false | undefined
  /** How long requests in flight may take after the lame duck. Default: until `close` has to begin. */
  readonly requests?: Duration | undefined
  /**
   * How long event streams, WebSockets and what `longLived()` has marked may take after the lame duck. Default: until
   * `close` has to begin. Being ended then is no failure.
   */
  readonly longLived?: Duration | undefined
  /** How long the dependencies' `close` may take in all. Default: 20 %, at most `'5s'`. */
  readonly close?: Duration | undefined
  /** Which signals begin a shutdown. Default `['SIGTERM', 'SIGINT']`; `false` leaves them to you. */
  readonly signals?: readonly NodeJS.Signals[] | false | undefined
  /** Whether the process exits after the shutdown by a signal, a crash or a failed warm-up. Default `true`. */
  readonly exit?: boolean | undefined
  /**
   * What requests get that come after the lame duck, on connections that are still open: service (`'serve'`, the
   * default), or 503 with `Retry-After` (`'reject'`). Probes are always answered.
   */
  readonly late?: 'serve' | 'reject' | undefined
  /**
   * When an exception or a rejection was caught by nobody: end at once, as Node does (`'exit'`, the default), or drain
   * first, for at most as long as `close` may take, and exit with 1 (`'drain'`), whoever else listens to `uncaughtException`.
   */
  readonly onCrash?: 'exit' | 'drain' | undefined
}

export interface LifecycleOptions<Name extends string = string> {
  readonly service?: ServiceOptions | undefined
  readonly dependencies?: readonly Dependency<Name>[] | undefined
  /** For every check that does not say otherwise in its own `health`. */
  readonly health?: CheckOptions | undefined
  readonly probes?: ProbesOptions | undefined
  readonly warmUp?: WarmUpOptions | undefined
  /**
   * Lets `lifecycle.weight` climb to 1 after each time the instance becomes ready, for what tells balancers of it or
   * admits requests by it. Default `false`: it is 1 at once. `{}` takes all defaults.
   */
  readonly slowStart?: SlowStartOptions | false | undefined
  readonly shutdown?: ShutdownOptions | undefined
  /**
   * What the other instances of this service know, such as `redisFleet(client)`; `service.name` tells one fleet from
   * another. Default none.
   */
  readonly fleet?: Fleet | undefined
  /**
   * Default: one line of JSON per event on stderr; short lines for people, and bars of the warm-up, when stderr is a terminal
   * or `TIDEGATE_LOG` is `pretty`. `false` is silent.
   */
  readonly logger?: Logger | false | undefined
}
