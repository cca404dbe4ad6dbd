import type { Redis } from 'ioredis'

import { sentinelRole } from './redis-client.ts'
import { replyCode } from './server-reply.ts'

/** Asks a server whether it takes commands; rejects with why not. PING goes first, because it refuses as commands do. */
export type Inquiry = (redis: Redis) => Promise<void>

/** What a client of one server, or of one that the Sentinels name, has to know. */
export function inquiryOf(client: Redis): Inquiry {
  const expected = sentinelRole(client)
  return async (redis) => {
    await redis.ping()
    if (expected === undefined) return
    const reply = await unlessForbidden(redis.role())
    const role = Array.isArray(reply) ? reply[0] : expected
    // Not by the words of a reply: only another connection asks the Sentinels again.
    if (role !== expected)
      throw new Error(`the server that the Sentinels named is a ${String(role)}, not a ${expected}`)
  }
}

/** A master answers PING however little of its Cluster is left, and then refuses every command. */
export const clusterInquiry: Inquiry = async (redis) => {
  await redis.ping()
  const info = await unlessForbidden(redis.cluster('INFO'))
  if (/^cluster_state:fail/m.test(String(info))) throw new Error('CLUSTERDOWN The cluster is down')
}

/** What a user may not ask says nothing of the server. */
async function unlessForbidden<Reply>(reply: Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await reply
  } catch (error) {
    if (replyCode(error) === 'NOPERM') return undefined
    throw error
  }
}
