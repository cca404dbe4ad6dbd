import { untilAborted } from '@tidegate/core'
import type { Redis } from 'ioredis'

import { isFarewell, replyCode } from './server-reply.ts'

/** A connection of our own to the server that the user's client talks to. Opened by the first question. */
export interface CheckConnection {
  /**
   * Resolves with the PONG. Rejects with the server's refusal, with why there is no connection, or at once when `signal`
   * aborts; then the connection is dropped and the next question opens another.
   */
  ping(signal: AbortSignal): Promise<void>
  /** How much of its data a loading server has read, in percent; undefined when it does not say. Rejects as `ping` does. */
  loadedPercent(signal: AbortSignal): Promise<number | undefined>
  /** Disconnects for good; waits for nobody. */
  close(): void
}

interface Connection {
  readonly redis: Redis
  readonly opened: Promise<void>
  /** Why it failed, as ioredis emits it: the promises of its commands only say that the connection is closed. */
  cause: Error | undefined
  named: boolean
}

export function createCheckConnection(client: Redis): CheckConnection {
  let current: Connection | undefined
  let closed = false

  function drop(connection: Connection): void {
    if (current === connection) current = undefined
    // On an ended one disconnect() would leave a timer behind.
    if (connection.redis.status !== 'end') connection.redis.disconnect()
  }

  async function ask<Answer>(
    question: (connection: Connection) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted()
    if (closed) throw new Error('the dependency is closed')
    if (current !== undefined && current.redis.status === 'end') current = undefined
    const connection = (current ??= open(client))
    try {
      return await untilAborted(
        connection.opened.then(() => question(connection)),
        signal,
      )
    } catch (error) {
      const stays = replyCode(error) !== undefined && !isFarewell(error)
      // After a refused AUTH the server also refuses the PING behind it, for the lesser reason.
      if (stays && connection.cause === undefined) throw error
      drop(connection)
      throw signal.aborted ? error : (connection.cause ?? error)
    }
  }

  return {
    async ping(signal) {
      await ask(pingAndName, signal)
    },
    async loadedPercent(signal) {
      const info = await ask(({ redis }) => redis.info('persistence'), signal)
      const percent = /^loading_loaded_perc:([\d.]+)/m.exec(info)?.[1]
      return percent === undefined ? undefined : Math.floor(Number(percent))
    },
    close() {
      closed = true
      if (current !== undefined) drop(current)
    },
  }
}

function open(client: Redis): Connection {
  const redis = client.duplicate({
    lazyConnect: true,
    // One attempt per question: what is lost stays lost until the next, so a dead server sees no reconnects of ours.
    retryStrategy: null,
    reconnectOnError: null,
    // Nothing is ever queued: a question finds a connection or fails.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    enableAutoPipelining: false,
    // PING says LOADING by itself; the ready check would hide it, and its timer cannot be cleared.
    enableReadyCheck: false,
    // PING must be the first command: a server at `maxclients` refuses the first, whichever it is, and hangs up. Of 50
    // refusals 25 were heard so, and none when ioredis sent commands of its own before.
    connectionName: undefined,
    disableClientInfo: true,
    db: 0,
    readOnly: false,
    // The signal of each question is its one limit. The client's own may be shorter, and would cost a slow server one
    // connection per check.
    connectTimeout: 0,
    commandTimeout: undefined,
    socketTimeout: undefined,
    // A frozen server never closes its side; until this is over the socket holds the process.
    disconnectTimeout: 100,
  })
  const connection: Connection = { redis, opened: redis.connect(), cause: undefined, named: false }
  redis.on('error', (error) => {
    connection.cause = error
  })
  return connection
}

/** The name is for whoever reads CLIENT LIST, and nobody waits for it. */
async function pingAndName(connection: Connection): Promise<void> {
  await connection.redis.ping()
  if (connection.named) return
  connection.named = true
  connection.redis.client('SETNAME', 'tidegate-check').catch(() => {})
}
