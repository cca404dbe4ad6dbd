import type { PostgresPool } from './postgres-pool.ts'

/** The pool's counters. A type and not an interface, so that it is a `CheckResult`'s data. */
export type PoolLoad = {
  /** Connections the pool has, those being opened among them. */
  readonly total: number
  readonly idle: number
  /** Callers that wait for a client. */
  readonly waiting: number
  readonly max: number
}

export function readLoad(pool: PostgresPool): PoolLoad {
  return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount, max: maxOf(pool) }
}

/** Whether whoever asks for a client next has to wait until another is released. */
export function isSaturated({ total, idle, max }: PoolLoad): boolean {
  return total >= max && idle === 0
}

/** How many clients the pool may have. */
export function maxOf(pool: PostgresPool): number {
  return pool.options?.max ?? Number.POSITIVE_INFINITY
}
