import type { CheckOptions, DependencyLimits } from '@tidegate/core'

import type { PostgresStatement } from './postgres-pool.ts'

/** How a service depends on one PostgreSQL pool. Everything has a default. */
export interface PostgresDependencyOptions<Name extends string = string> {
  /**
   * What it is called in reports, logs, `dependsOn` and `requires`: lower-case letters, digits and dashes. Default
   * `'postgres'`; two pools in one lifecycle need two names.
   */
  readonly name?: Name | undefined
  /** Whether the service is down without it. Default `true`; with `false` a failing database only degrades. */
  readonly critical?: boolean | undefined
  /** Names of the dependencies that must be warm before this one and are closed after it. Default none. */
  readonly dependsOn?: readonly string[] | undefined
  /**
   * How long its steps may take. Defaults: `warmUp` takes the lifecycle's `warmUp.timeout`, past which the attempt lets
   * go of every connection and is tried again; `close` takes its share of `shutdown.close`, shortly before the end of
   * which clients that are still checked out are cut off.
   */
  readonly limits?: DependencyLimits | undefined
  /**
   * When the check runs and what changes its state; what is not given comes from the lifecycle's `health`. A server that
   * does not answer costs one connection per `abandonAfter`, whatever `interval` and `timeout` say.
   */
  readonly health?: CheckOptions | undefined
  /** Whether the pool is ended when the lifecycle closes. Default `true`; `false` leaves the pool to its owner. */
  readonly close?: boolean | undefined
  /**
   * How many connections to open before the service is ready, all at once. They are the pool's: whether it keeps them
   * is decided by its `min` and `idleTimeoutMillis`, and the warm-up logs a warning, with what to set, when it would
   * drop them again. At most the pool's `max`. Default: the pool's `min`, at least 1. `false` opens none.
   */
  readonly prime?: number | false | undefined
  /**
   * What to run on each primed connection after `SELECT 1`, one after the other: a name prepares a statement where the
   * requests will find it prepared. One that fails fails the attempt. Default none.
   */
  readonly statements?: readonly PostgresStatement[] | undefined
  /**
   * How the database is asked. `'connection'` (the default): over a connection of its own, made like the pool's, which
   * never competes with users and costs the server one connection per instance. `'pool'`: over a client of the pool, so
   * that a pool whose clients stay checked out for longer than `health.timeout` fails the check. `false`: not at all.
   */
  readonly check?: 'connection' | 'pool' | false | undefined
}

/** The options with every default taken. */
export interface ResolvedPostgresOptions {
  /** 0 is none. */
  readonly prime: number
  /** Whether it was the user who gave the number. */
  readonly primeGiven: boolean
  readonly statements: readonly PostgresStatement[]
  readonly check: 'connection' | 'pool' | false
  readonly close: boolean
}
