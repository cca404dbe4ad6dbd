import type { Dependency } from '@tidegate/core'
import { startRedis } from '@tidegate/services'
import { createStepContext, runClose } from '@tidegate/testing'
import type { RedisOptions } from 'ioredis'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'

import { redis } from '../src/index.ts'
import type { RedisDependencyOptions } from '../src/index.ts'

/** No step of a well server takes this long, on however slow a machine; one that has to end by itself is caught by it. */
export const AMPLE = 20_000

type Service = Awaited<ReturnType<typeof startRedis>>

export interface RealServer extends Pick<Service, 'freeze' | 'thaw' | 'stop' | 'kill' | 'start'> {
  /** A connection for the test's own questions, counted with the others. */
  readonly admin: Redis
  /** A client that has not connected yet, with ioredis' defaults; disconnected after the test. */
  client(options?: RedisOptions): Redis
  /** A dependency of that client, closed after the test. */
  dependency(client: Redis, options?: RedisDependencyOptions): Dependency
  /** How many connections the server has taken, and PINGs it was sent, since it started. */
  counts(): Promise<{ connections: number; pings: number }>
  /** The names of the connections it has now; '' for those without. */
  connectionNames(): Promise<string[]>
}

/** A real Redis for the tests of the file that calls this, running and thawed at the start of each. */
export function useRealServer(args: string[] = [], adminOptions: RedisOptions = {}): RealServer {
  vi.setConfig({ testTimeout: 2 * AMPLE, hookTimeout: 2 * AMPLE })
  let service: Service
  let admin: Redis
  const clients: Redis[] = []
  const dependencies: Dependency[] = []
  beforeAll(async () => {
    service = await startRedis({ args })
    admin = new Redis({ ...service.connection, ...adminOptions, disableClientInfo: true })
    admin.on('error', () => {})
  })
  afterEach(async () => {
    await service.start()
    await service.thaw()
    for (const client of clients.splice(0)) client.disconnect()
    for (const dependency of dependencies.splice(0)) await runClose(dependency, createStepContext({ limit: 1000 }))
    await admin.ping()
    await vi.waitFor(async () => expect(await connectionNames()).toEqual(['']), AMPLE)
  })
  afterAll(async () => {
    admin.disconnect()
    await service.close()
  })

  async function connectionNames(): Promise<string[]> {
    const list = String(await admin.client('LIST'))
    return [...list.matchAll(/ name=(\S*) /g)].map((match) => match[1] ?? '')
  }

  return {
    get admin() {
      return admin
    },
    freeze: () => service.freeze(),
    thaw: () => service.thaw(),
    stop: () => service.stop(),
    kill: () => service.kill(),
    start: () => service.start(),
    client(options = {}) {
      const client = new Redis({ ...service.connection, lazyConnect: true, ...options })
      clients.push(client)
      return client
    },
    dependency(client, options) {
      const dependency = redis(client, options)
      dependencies.push(dependency)
      return dependency
    },
    async counts() {
      const info = await admin.info('everything')
      const read = (pattern: RegExp): number => Number(pattern.exec(info)?.[1] ?? 0)
      return {
        connections: read(/total_connections_received:(\d+)/),
        pings: read(/cmdstat_ping:calls=(\d+)/) + read(/cmdstat_ping:.*rejected_calls=(\d+)/),
      }
    },
    connectionNames,
  }
}

/** Not by `events.once`, which an 'error' of the attempts before would reject. */
export function nextStatus(client: Redis, status: 'ready' | 'reconnecting' | 'end'): Promise<void> {
  return new Promise((resolve) => client.once(status, resolve))
}

export async function untilStatus(client: Redis, status: 'ready' | 'end'): Promise<void> {
  if (client.status !== status) await nextStatus(client, status)
}

/** Sends a BLPOP that nobody ever answers, and waits until the server has it. What becomes of it is returned. */
export async function blockOn(client: Redis, admin: Redis): Promise<() => unknown> {
  let outcome: unknown
  client.blpop('never-pushed', 0).then(
    (value) => (outcome = value),
    (error) => (outcome = error),
  )
  await vi.waitFor(async () => expect(await admin.info('clients')).toContain('blocked_clients:1'), AMPLE)
  return () => outcome
}
