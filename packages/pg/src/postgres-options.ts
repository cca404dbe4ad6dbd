import type { DependencyOptions } from '@tidegate/core'

import type { PostgresStatement } from './postgres-pool.ts'

/** How a service depends on one PostgreSQL pool; its name is `'postgres'` by default. */
export interface PostgresDependencyOptions<Name extends string = string> extends DependencyOptions<Name> {
  /**
   * How many connections to open before the service is ready, all at once. They are the pool's: whether it keeps them
   * is decided by its `min` and `idleTimeoutMillis`, and the warm-up logs a warning, with what to set, when it would
   * drop them again. At most the pool's `max`. Default: the pool's `min`, at least 1. `false` opens none.
   */
  readonly prime?: number | false | undefined
  /**
   * Whether the pool is primed again when the server has come back, before the check's status turns: at most as many
   * connections as are not in use. Default: `true` when `prime` is given a number, else `false`.
   */
  readonly rewarm?: boolean | undefined
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
  readonly rewarm: boolean
  readonly close: boolean
}
