import { untilAborted } from '@tidegate/core'
import type { Redis, RedisOptions } from 'ioredis'

import { isFarewell, isReplica, replyCode } from './server-reply.ts'

/** A connection of our own to the server that the user's client talks to. Opened by the first question. */
export interface OwnConnection {
  /**
   * Resolves with the answer. Rejects with the server's refusal, with why there is no connection, or at once when `signal`
   * aborts; then the connection is dropped and the next question opens another, as after the refusal of a replica.
   */
  ask<Answer>(question: (redis: Redis) => Promise<Answer>, signal: AbortSignal): Promise<Answer>
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

/** @param name What whoever reads CLIENT LIST sees. */
export function createOwnConnection(client: Redis, name: string, options: RedisOptions = {}): OwnConnection {
  let current: Connection | undefined
  let closed = false

  function drop(connection: Connection): void {
    if (current === connection) current = undefined
    // On an ended one disconnect() would leave a timer behind.
    if (connection.redis.status !== 'end') connection.redis.disconnect()
  }

  async function put<Answer>(connection: Connection, question: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    await connection.opened
    const answer = await question(connection.redis)
    nameOnce(connection, name)
    return answer
  }

  return {
    async ask(question, signal) {
      signal.throwIfAborted()
      if (closed) throw new Error('the dependency is closed')
      if (current !== undefined && current.redis.status === 'end') current = undefined
      const connection = (current ??= open(client, options))
      try {
        return await untilAborted(put(connection, question), signal)
      } catch (error) {
        const stays = replyCode(error) !== undefined && !isFarewell(error) && !isReplica(error)
        // After a refused AUTH the server also refuses the question behind it, for the lesser reason.
        if (stays && connection.cause === undefined) throw error
        drop(connection)
        throw signal.aborted ? error : (connection.cause ?? error)
      }
    },
    close() {
      closed = true
      if (current !== undefined) drop(current)
    },
  }
}

function open(client: Redis, options: RedisOptions): Connection {
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
    // The question must be the first command: a server at `maxclients` refuses the first, whichever it is, and hangs up. Of 50
    // refusals 25 were heard so, and none when ioredis sent commands of its own before.
    connectionName: undefined,
    disableClientInfo: true,
    readOnly: false,
    // The signal of each question is its one limit. The client's own may be shorter, and would cost a slow server one
    // connection per check.
    connectTimeout: 0,
    commandTimeout: undefined,
    socketTimeout: undefined,
    // A frozen server never closes its side; until this is over the socket holds the process.
    disconnectTimeout: 100,
    ...options,
  })
  const connection: Connection = { redis, opened: redis.connect(), cause: undefined, named: false }
  redis.on('error', (error) => {
    connection.cause = error
  })
  return connection
}

/** Not before it has answered, so that it is asked first; and nobody waits for it. */
function nameOnce(connection: Connection, name: string): void {
  if (connection.named) return
  connection.named = true
  connection.redis.client('SETNAME', name).catch(() => {})
}
