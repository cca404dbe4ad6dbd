import { untilAborted } from '@tidegate/core'
import type { RedisOptions } from 'ioredis'

import { openOwnClient } from './open-own-client.ts'
import type { OwnClient } from './open-own-client.ts'
import type { RedisClient } from './redis-client.ts'
import { isFarewell, isReplica, replyCode } from './server-reply.ts'

/**
 * A connection of our own to the server that the user's client talks to, or to the master that its Sentinels name; for a
 * Cluster a client of its own, which connects to the nodes it has to. Opened by the first question.
 */
export interface OwnConnection<Client extends RedisClient = RedisClient> {
  /**
   * Resolves with the answer. Rejects with the server's refusal, with why there is no connection, or at once when `signal`
   * aborts; then the connection is dropped and the next question opens another, as after the refusal of a replica.
   */
  ask<Answer>(question: (redis: Client) => Promise<Answer>, signal: AbortSignal): Promise<Answer>
  /** Disconnects for good; waits for nobody. */
  close(): void
}

/**
 * @param name What whoever reads CLIENT LIST sees.
 * @param options Of each of its connections.
 */
export function createOwnConnection<Client extends RedisClient>(
  client: Client,
  name: string,
  options: RedisOptions = {},
): OwnConnection<Client> {
  let current: OwnClient<Client> | undefined
  let closed = false

  function drop(connection: OwnClient<Client>): void {
    if (current === connection) current = undefined
    // On an ended one disconnect() would leave a timer behind.
    if (connection.redis.status !== 'end') connection.redis.disconnect()
  }

  async function put<Answer>(
    connection: OwnClient<Client>,
    question: (redis: Client) => Promise<Answer>,
  ): Promise<Answer> {
    await connection.opened
    const answer = await question(connection.redis)
    connection.nameOnce()
    return answer
  }

  return {
    async ask(question, signal) {
      signal.throwIfAborted()
      if (closed) throw new Error('the dependency is closed')
      if (current !== undefined && current.redis.status === 'end') current = undefined
      const connection = (current ??= openOwnClient(client, name, options))
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
