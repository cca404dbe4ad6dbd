import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startRedis } from '../src/index.js'

describe('startRedis', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>

  beforeAll(async () => {
    redis = await startRedis({ args: ['--maxclients', '5'] })
  })
  afterAll(() => redis.close())

  async function withClient<Result>(use: (client: Redis) => Promise<Result>): Promise<Result> {
    const client = new Redis(redis.url, { lazyConnect: true, retryStrategy: () => null, commandTimeout: 10_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return await use(client)
    } finally {
      client.disconnect()
    }
  }

  it('gives a server that answers and takes arguments', async () => {
    expect(await withClient((client) => client.ping())).toBe('PONG')
    expect(await withClient((client) => client.config('GET', 'maxclients'))).toEqual(['maxclients', '5'])
    expect(redis.url).toBe(`redis://${redis.connection.host}:${redis.connection.port}`)
  })

  it('answers nobody while frozen, and what is pending once thawed', async () => {
    await withClient(async (client) => {
      await redis.freeze()
      const pending = client.ping()
      const impatient = new Redis(redis.url, { commandTimeout: 300 })
      await expect(impatient.ping()).rejects.toThrow('Command timed out')
      impatient.disconnect()
      await redis.thaw()
      expect(await pending).toBe('PONG')
    })
  })

  it('refuses connections after a kill, and has its data at the same port after a start', async () => {
    await withClient((client) => client.set('kept', '42'))
    await redis.kill()
    await expect(withClient((client) => client.ping())).rejects.toThrow('Connection is closed')
    await redis.start()
    expect(await withClient((client) => client.get('kept'))).toBe('42')
  })

  it('closes from frozen, twice', async () => {
    await redis.freeze()
    await redis.close()
    await redis.close()
    await expect(withClient((client) => client.ping())).rejects.toThrow('Connection is closed')
  })
})
