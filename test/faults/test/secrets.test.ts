import { inspect } from 'node:util'

import { startRedis } from '@tidegate/services'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'

import { useBackends } from './support/backends.ts'
import { nextCheck, nextEvent } from './support/events.ts'
import type { Shop } from './support/shop.ts'

const SECRET = 'hunter2-s3cr3t'

const backends = useBackends()
let lockedRedis: Awaited<ReturnType<typeof startRedis>>

beforeAll(async () => {
  lockedRedis = await startRedis({ args: ['--requirepass', 'another'] })
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(() => lockedRedis.close())

/** Notes all that can be read of a service from outside of it, with every field of every object. */
function listenTo(shop: Shop): { everything(): Promise<string> } {
  const heard: unknown[] = []
  for (const event of ['warmup', 'health', 'check', 'phase'] as const) {
    shop.lifecycle.on(event, (value) => heard.push(value))
  }
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => heard.push(values))
  }
  return {
    async everything() {
      for (const path of ['/healthz', '/readyz', '/startupz', '/healthz/postgres', '/healthz/redis', '/recommend']) {
        heard.push(await shop.ask(path))
      }
      heard.push(shop.lifecycle.report(), shop.log)
      return inspect(heard, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null })
    },
  }
}

function linesWith(text: string, said: string): string[] {
  return said.split('\n').filter((line) => line.includes(text))
}

function secondFailure(shop: Shop, name: string): Promise<unknown> {
  return nextEvent(
    shop.lifecycle,
    'warmup',
    ({ dependency, state, attempt }) => dependency === name && state === 'failed' && attempt === 2,
  )
}

function postgresUrl(host: string): string {
  const { user, port, database } = backends.postgres.connection
  return `postgres://${user}:${SECRET}@${host}:${port}/${database}`
}

function redisUrl(): string {
  const { host, port } = lockedRedis.connection
  return `redis://default:${SECRET}@${host}:${port}`
}

/** Without what the connection string has to say. */
const BY_URL_ALONE = { host: undefined, port: undefined, user: undefined, password: undefined, database: undefined }

describe('a wrong password in a URL, with everything shown to everybody', () => {
  it('is never told while the warm-up fails over it, although the refusals are', async () => {
    const shop = backends.shop({
      pool: { ...BY_URL_ALONE, connectionString: postgresUrl('127.0.0.1') },
      client: { url: redisUrl() },
    })
    const ear = listenTo(shop)
    const failures = [secondFailure(shop, 'postgres'), secondFailure(shop, 'redis')]
    await shop.open()
    await Promise.all(failures)
    const said = await ear.everything()

    expect(said).toContain('password authentication failed')
    expect(said).toContain('WRONGPASS')
    expect(linesWith(SECRET, said)).toEqual([])
  })

  it('is never told by a check that fails over it', async () => {
    const shop = backends.shop({
      prime: false,
      pool: { ...BY_URL_ALONE, connectionString: postgresUrl('127.0.0.1') },
    })
    const ear = listenTo(shop)
    const failed = nextCheck(shop.lifecycle, 'postgres', 'fail')
    await shop.open()
    await failed
    const said = await ear.everything()

    expect(said).toContain('password authentication failed')
    expect(linesWith(SECRET, said)).toEqual([])
  })

  it('is never told over a URL that cannot be read, which the driver hands back in its error', async () => {
    const shop = backends.shop({
      pool: { ...BY_URL_ALONE, connectionString: postgresUrl('[half') },
    })
    const ear = listenTo(shop)
    const failure = secondFailure(shop, 'postgres')
    await shop.open()
    await failure
    const said = await ear.everything()

    expect(said).toContain('Invalid URL')
    expect(linesWith(SECRET, said)).toEqual([])
  })
})
