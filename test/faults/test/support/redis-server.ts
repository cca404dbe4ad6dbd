import { startRedis } from '@tidegate/services'
import { Redis } from 'ioredis'
import { expect, vi } from 'vitest'

import { AMPLE } from './limits.ts'

type Service = Awaited<ReturnType<typeof startRedis>>

/** A Redis of the test file's own, and what it tells by itself of those who talk to it. */
export interface RedisServer extends Omit<Service, 'url' | 'external'> {
  /** How often it has run each command since it started, in lower case, apart from the questions of the test itself. */
  calls(): Promise<Readonly<Record<string, number>>>
  /** The names of its connections now, `''` for those without, apart from the one that asks. */
  connections(): Promise<string[]>
  /** Waits until it has these connections and no other. */
  untilConnections(names: readonly string[]): Promise<void>
}

export async function startRedisServer(): Promise<RedisServer> {
  const service = await startRedis()

  async function ask<Answer>(question: (client: Redis) => Promise<Answer>): Promise<Answer> {
    const client = new Redis({
      ...service.connection,
      // So that a question is the one command that it consists of.
      disableClientInfo: true,
      enableReadyCheck: false,
      commandTimeout: AMPLE,
    })
    try {
      return await question(client)
    } finally {
      client.disconnect()
    }
  }

  async function connections(): Promise<string[]> {
    const list = String(await ask((client) => client.client('LIST')))
    return [...list.matchAll(/ name=(\S*) .* cmd=(\S+) /g)]
      .filter(([, , command]) => command !== 'client|list')
      .map(([, name = '']) => name)
      .toSorted()
  }

  return {
    ...service,
    connections,
    async calls() {
      const stats = await ask((client) => client.info('commandstats'))
      const calls = [...stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(([, name = '', count]) => [
        name,
        Number(count),
      ])
      return Object.fromEntries(calls.filter(([name]) => name !== 'info' && name !== 'client|list'))
    },
    async untilConnections(names) {
      const expected = names.toSorted()
      await vi.waitFor(async () => expect(await connections()).toEqual(expected), { timeout: AMPLE, interval: 20 })
    },
  }
}
