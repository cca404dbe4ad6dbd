import { performance } from 'node:perf_hooks'

import { untilAborted } from '@tidegate/core'

import { checkClientConfig } from './check-client-config.ts'
import { cutOff } from './cut-off.ts'
import type { PostgresClient, PostgresClientConstructor, PostgresPool } from './postgres-pool.ts'

/** A connection of our own to the pool's server. Opened by the first question and kept for the next. */
export interface CheckConnection {
  /**
   * Resolves when the server has answered `SELECT 1`. Rejects with why it has not, or at once when `signal` aborts; then
   * the connection is cut off and the next question opens another.
   *
   * @param limit Milliseconds given to the driver for connecting and for the query, for a connection opened here.
   */
  ask(limit: number, signal: AbortSignal): Promise<void>
  /** Says goodbye, for good. Resolves when the server has closed its side, or at once when `signal` aborts. */
  close(signal: AbortSignal): Promise<void>
}

interface Connection {
  readonly client: PostgresClient
  readonly connected: Promise<unknown>
  readonly openedAt: number
}

export function createCheckConnection(pool: PostgresPool, Client: PostgresClientConstructor): CheckConnection {
  let current: Connection | undefined
  let closed = false

  function open(limit: number): Connection {
    const client = new Client(checkClientConfig(pool.options ?? {}, limit))
    const connection = { client, connected: client.connect(), openedAt: performance.now() }
    // It stays for what the socket may still say after the client was dropped: unheard, it would end the process.
    client.on('error', () => drop(connection))
    client.on('end', () => forget(connection))
    return connection
  }

  function forget(connection: Connection): void {
    if (current === connection) current = undefined
  }

  function drop(connection: Connection): void {
    forget(connection)
    cutOff(connection.client)
  }

  /** A pool turns its connections over to learn of new passwords and new hosts, which a kept one would never try. */
  function retire(maxLifetimeSeconds: number): void {
    if (current === undefined || maxLifetimeSeconds === 0) return
    if (performance.now() - current.openedAt < maxLifetimeSeconds * 1000) return
    drop(current)
  }

  return {
    async ask(limit, signal) {
      signal.throwIfAborted()
      if (closed) throw new Error('the dependency is closed')
      retire(pool.options?.maxLifetimeSeconds ?? 0)
      const connection = (current ??= open(limit))
      // In the abort itself, not in a later turn: the run that begins with the end of this one must not find it here.
      const abort = (): void => drop(connection)
      signal.addEventListener('abort', abort, { once: true })
      try {
        await untilAborted(connection.connected, signal)
        // It must never be what keeps the process alive.
        connection.client.unref?.()
        await untilAborted(connection.client.query('SELECT 1'), signal)
      } catch (error) {
        drop(connection)
        throw error
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
    async close(signal) {
      closed = true
      const connection = current
      if (connection === undefined) return
      try {
        await untilAborted(connection.client.end(), signal)
      } catch {
        // Cut off below.
      } finally {
        drop(connection)
      }
    },
  }
}
