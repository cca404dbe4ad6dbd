import { afterEach, describe, expect, it, vi } from 'vitest'

import { startPostgres, startRedis } from '../src/index.js'

afterEach(() => vi.unstubAllEnvs())

describe('useEnvironment', () => {
  it('hands out the PostgreSQL that DATABASE_URL names', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://shop:s%3Acret@db.example/orders')
    const postgres = await startPostgres({ useEnvironment: true })
    expect(postgres.external).toBe(true)
    expect(postgres.url).toBe('postgres://shop:s%3Acret@db.example/orders')
    expect(postgres.connection).toEqual({
      host: 'db.example',
      port: 5432,
      user: 'shop',
      password: 's:cret',
      database: 'orders',
    })
  })

  it('hands out the Redis that REDIS_URL names', async () => {
    vi.stubEnv('REDIS_URL', 'redis://cache.example:6380')
    const redis = await startRedis({ useEnvironment: true })
    expect(redis.connection).toEqual({ host: 'cache.example', port: 6380 })
  })

  it('neither freezes nor ends a server that belongs to somebody, and closes without touching it', async () => {
    vi.stubEnv('REDIS_URL', 'redis://cache.example')
    const redis = await startRedis({ useEnvironment: true })
    const { freeze, thaw, stop, kill, start, restart, close } = redis
    for (const method of [freeze, thaw, stop, kill, start, restart]) {
      await expect(method()).rejects.toThrow('is not for the server that REDIS_URL names')
    }
    await expect(close()).resolves.toBeUndefined()
  })

  it('is off by default: tests never touch a server of the environment', async () => {
    vi.stubEnv('REDIS_URL', 'redis://cache.example')
    const redis = await startRedis()
    expect(redis.external).toBe(false)
    await redis.close()
  })
})
