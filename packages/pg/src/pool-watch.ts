import type { Logger } from '@tidegate/core'

import { describeError, errorCode } from './describe-error.ts'
import type { PostgresPool, PostgresPoolClient } from './postgres-pool.ts'

/** Keeps lost connections from crashing the process, and knows every connection that has not been closed yet. */
export interface PoolWatch {
  /** Connections opened since the watch began, and those it was told of. */
  readonly clients: ReadonlySet<PostgresPoolClient>
  /** Tells it of one that may be older than the watch. */
  add(client: PostgresPoolClient): void
  /** Resolves when there is no connection left. */
  whenEmpty(): Promise<void>
  /** Leaves no listener. */
  stop(): void
}

/**
 * A connection that the server ends is an `error` event: of the pool for an idle client, of the client itself for one
 * that is checked out with no query in flight. Either ends the process when nobody listens; whoever uses the client
 * next is told by its query's rejection.
 */
export function watchPool(pool: PostgresPool, logger: Logger): PoolWatch {
  const clients = new Set<PostgresPoolClient>()
  const waiting = new Set<() => void>()
  let told = false

  const onLost = (error: Error): void => {
    // A restart is an error for each connection; the first one says it all.
    const level = told ? 'debug' : 'warn'
    told = true
    // Never the error itself: pg puts the whole client into it.
    logger[level]({ code: errorCode(error) }, `the pool lost a connection: ${describeError(error)}`)
  }
  const add = (client: PostgresPoolClient): void => {
    if (clients.has(client)) return
    clients.add(client)
    client.on('error', onLost)
  }
  const onConnect = (client: PostgresPoolClient): void => {
    told = false
    add(client)
  }
  const onRemove = (client: PostgresPoolClient): void => {
    clients.delete(client)
    if (clients.size > 0) return
    for (const resolve of waiting) resolve()
    waiting.clear()
  }

  pool.on('error', onLost)
  pool.on('connect', onConnect)
  pool.on('remove', onRemove)
  return {
    clients,
    add,
    whenEmpty() {
      if (clients.size === 0) return Promise.resolve()
      return new Promise((resolve) => waiting.add(resolve))
    },
    stop() {
      pool.off('error', onLost)
      pool.off('connect', onConnect)
      pool.off('remove', onRemove)
      for (const client of clients) client.off('error', onLost)
      clients.clear()
    },
  }
}
