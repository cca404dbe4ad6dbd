import { LifecycleError } from '@tidegate/core'
import type { WarmUpContext } from '@tidegate/core'

import { createAbortRace } from './abort-race.ts'
import type { AbortRace } from './abort-race.ts'
import { discard } from './cut-off.ts'
import { describeError, errorCode } from './describe-error.ts'
import { maxOf } from './pool-load.ts'
import type { PoolWatch } from './pool-watch.ts'
import type { PostgresPool, PostgresPoolClient, PostgresStatement } from './postgres-pool.ts'

export interface PoolPrimer {
  /**
   * Opens the connections all at once, runs `SELECT 1` and the statements on each, and gives them back to the pool. When
   * one fails, every connection is closed again. Once the service is at work there may be room for fewer: a client that
   * is in use for long, as one that listens, must not be waited for.
   *
   * @throws {LifecycleError} `TIDEGATE_WARM_UP`, with the first failure as its cause.
   */
  prime(context: WarmUpContext, watch: PoolWatch): Promise<void>
}

export function createPoolPrimer(
  pool: PostgresPool,
  atFirst: number,
  statements: readonly PostgresStatement[],
): PoolPrimer {
  /**
   * What a server that does not answer leaves of an aborted attempt: a connect cannot be taken back, and has no limit
   * but the pool's `connectionTimeoutMillis`. The next attempt waits for these before it asks for more, so that there
   * are never more than `atFirst`.
   */
  const unanswered = new Set<Promise<PostgresPoolClient>>()

  async function connect({ signal, race }: AbortRace): Promise<PostgresPoolClient> {
    const [left] = unanswered
    if (left !== undefined) unanswered.delete(left)
    const connecting = left ?? Promise.resolve(pool.connect())
    try {
      return await race(connecting)
    } catch (error) {
      if (signal.aborted) leave(connecting)
      throw error
    }
  }

  function leave(connecting: Promise<PostgresPoolClient>): void {
    unanswered.add(connecting)
    connecting.then(
      (client) => {
        if (unanswered.delete(connecting)) discard(client)
      },
      () => unanswered.delete(connecting),
    )
  }

  async function run(client: PostgresPoolClient, { signal, race }: AbortRace): Promise<void> {
    await race(client.query('SELECT 1'))
    for (const [index, statement] of statements.entries()) {
      try {
        await race(client.query(statement))
      } catch (error) {
        if (signal.aborted) throw error
        throw new Error(`statements[${index}] failed: ${describeError(error)}`, { cause: error })
      }
    }
  }

  /** How many connections are not in use, opened or not. */
  function room(): number {
    const inUse = pool.totalCount - pool.idleCount - unanswered.size
    return Math.max(0, maxOf(pool) - inUse)
  }

  async function prime(context: WarmUpContext, watch: PoolWatch): Promise<void> {
    context.signal.throwIfAborted()
    const count = context.recovered === undefined ? atFirst : Math.min(atFirst, room())
    const abort = createAbortRace(context.signal)
    // Held until all are ready: one given back early would be handed to the next connect, and be primed twice.
    const held: PostgresPoolClient[] = []
    let ready = 0
    const attempts = Array.from({ length: count }, async () => {
      const client = await connect(abort)
      watch.add(client)
      held.push(client)
      await run(client, abort)
      ready += 1
      context.progress(ready, count, 'connections')
    })
    const failed = (await Promise.allSettled(attempts)).find((outcome) => outcome.status === 'rejected')
    abort.end()
    if (failed === undefined) {
      for (const client of held) client.release()
      return
    }
    for (const client of held) discard(client)
    const message = `${ready} of ${count} connections could be primed: ${explain(failed.reason)}`
    throw new LifecycleError('TIDEGATE_WARM_UP', message, { cause: failed.reason })
  }

  return { prime }
}

function explain(error: unknown): string {
  const advice =
    errorCode(error) === '53300' ? "; lower prime and the pool's max, or raise the server's max_connections" : ''
  return describeError(error) + advice
}
