import type { Dependency } from '@tidegate/core'
import { freePort, startRedisSentinel } from '@tidegate/services'
import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import type { RedisOptions } from 'ioredis'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

import { redis, redisFleet, redisLock } from '../src/index.ts'
import { AMPLE } from './real-server.ts'

vi.setConfig({ testTimeout: 4 * AMPLE, hookTimeout: 4 * AMPLE })

let sentinel: Awaited<ReturnType<typeof startRedisSentinel>>
const clients: Redis[] = []
const dependencies: Dependency[] = []

beforeAll(async () => {
  sentinel = await startRedisSentinel()
})
afterEach(async () => {
  for (const service of [sentinel.master, sentinel.replica, ...sentinel.sentinels]) {
    await service.start()
    await service.thaw()
  }
  for (const client of clients.splice(0)) client.disconnect()
  for (const dependency of dependencies.splice(0)) await runClose(dependency, createStepContext({ limit: 1_000 }))
  // Whoever was killed has to be a replica again before the next test.
  await until(async () => {
    const roles = await Promise.all([sentinel.master, sentinel.replica].map((service) => roleOf(service.connection)))
    expect(new Set(roles)).toEqual(new Set(['connected', 'master']))
  })
})
afterAll(() => sentinel?.close())

async function until(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: 2 * AMPLE, interval: 100 })
}

function clientOf(options: RedisOptions = {}): Redis {
  const client = new Redis({
    sentinels: sentinel.sentinels.map(({ connection }) => connection),
    name: sentinel.name,
    lazyConnect: true,
    ...options,
  })
  clients.push(client)
  return client
}

function dependencyOf(client: Redis): Dependency {
  const dependency = redis(client)
  dependencies.push(dependency)
  return dependency
}

async function on<Answer>(connection: RedisOptions, ask: (admin: Redis) => Promise<Answer>): Promise<Answer> {
  const admin = new Redis({ ...connection, lazyConnect: true, retryStrategy: null })
  admin.on('error', () => {})
  try {
    await admin.connect()
    return await ask(admin)
  } finally {
    admin.disconnect()
  }
}

/** `master`, or how a replica is connected to it. */
async function roleOf(connection: RedisOptions): Promise<unknown> {
  const [role, , , link] = await on(connection, (admin) => admin.role())
  return role === 'master' ? role : link
}

async function portOf(client: Redis): Promise<number> {
  return Number(/^tcp_port:(\d+)/m.exec(await client.info('server'))?.[1])
}

const pass = { status: 'pass' }

describe('the master behind the Sentinels', () => {
  test('is connected to and checked, and the one that takes its place after a failover too', async () => {
    const client = clientOf()
    const dependency = dependencyOf(client)
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual(pass)
    const before = await portOf(client)

    await sentinel.failover()

    const after = await sentinel.masterPort()
    expect(after).not.toBe(before)
    await until(async () => expect(await portOf(client)).toBe(after))
    expect(await client.set('key', 'value')).toBe('OK')
    const { host } = sentinel.master.connection
    await until(async () => {
      expect(await runCheck(dependency)).toEqual(pass)
      const list = await on({ host, port: after }, (admin) => admin.client('LIST'))
      expect(String(list)).toContain('name=tidegate-check')
    })
  })

  test('that is killed fails the check until the replica has taken its place', async () => {
    const client = clientOf()
    const dependency = dependencyOf(client)
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual(pass)
    const port = await sentinel.masterPort()
    const master = [sentinel.master, sentinel.replica].find(({ connection }) => connection.port === port)

    await master?.kill()

    await until(async () => expect(await runCheck(dependency)).toMatchObject({ status: 'fail' }))
    await until(async () => expect(await runCheck(dependency)).toEqual(pass))
    expect(await client.set('key', 'value')).toBe('OK')
  })

  test('that is a replica by now fails the check, and is not asked again', async () => {
    const dependency = dependencyOf(clientOf())
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual(pass)
    const { host } = sentinel.master.connection
    const master = { host, port: await sentinel.masterPort() }

    // Behind the back of the Sentinels, who set it right again in their time.
    await on(master, (admin) => admin.replicaof(host, 1))
    expect(await runCheck(dependency)).toEqual({
      status: 'fail',
      message: 'the server that the Sentinels named is a slave, not a master',
    })
    await on(master, (admin) => admin.replicaof('NO', 'ONE'))

    expect(await runCheck(dependency)).toEqual(pass)
  })

  test('is a replica where the client asked for one', async () => {
    const client = clientOf({ role: 'slave' })
    const dependency = dependencyOf(client)
    await runWarmUp(dependency)

    expect(await runCheck(dependency)).toEqual(pass)
    expect(await portOf(client)).not.toBe(await sentinel.masterPort())
  })
})

describe('Sentinels', () => {
  test('that are gone fail the warm-up at once, and are found when they are back', async () => {
    const [first] = sentinel.sentinels
    await first?.stop()
    const client = clientOf()
    const dependency = dependencyOf(client)

    await expect(runWarmUp(dependency)).rejects.toThrow(/^redis is not usable: All sentinels are unreachable/)
    await first?.start()
    await until(() => runWarmUp(dependency))

    expect(await runCheck(dependency)).toEqual(pass)
  })

  test('that are gone change nothing for those who have found the master', async () => {
    const dependency = dependencyOf(clientOf())
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual(pass)
    await sentinel.sentinels[0]?.stop()

    expect(await runCheck(dependency)).toEqual(pass)
  })

  test('of which one is not there do not keep the check from the master', async () => {
    const nobody = await freePort()
    const [first] = sentinel.sentinels
    const client = clientOf({
      sentinels: [{ host: '127.0.0.1', port: nobody }, first?.connection ?? {}],
    })
    const dependency = dependencyOf(client)

    await runWarmUp(dependency)

    expect(await runCheck(dependency)).toEqual(pass)
  })
})

test('close quits the client and our own connection', async () => {
  const client = clientOf()
  const dependency = dependencyOf(client)
  await runWarmUp(dependency)
  await runCheck(dependency)
  const written = Promise.all(Array.from({ length: 100 }, (_, index) => client.set(`key-${index}`, index)))
  const context = createStepContext()

  await runClose(dependency, context)

  expect(client.status).toBe('end')
  expect(await written).toHaveLength(100)
  expect(context.lines).toEqual([])
  const { host } = sentinel.master.connection
  await until(async () => {
    const list = await on({ host, port: await sentinel.masterPort() }, (admin) =>
      admin.client('LIST', 'TYPE', 'NORMAL'),
    )
    expect(String(list)).not.toContain('tidegate-check')
  })
})

test('the lock and the fleet find the new master', async () => {
  const lock = redisLock(clientOf(), { lease: '5s' })
  const fleet = redisFleet(clientOf(), { lease: '2s' }).join({
    service: 'shop',
    instance: 'host',
    logger: createStepContext().logger,
    serving: () => true,
    dependencies: () => [],
    onChange() {},
    onLost() {},
  })
  try {
    await until(() => expect(fleet.report()).toMatchObject({ vote: true }))
    await (await lock.acquire('catalog', createStepContext({ limit: 2 * AMPLE }))).release()

    await sentinel.failover()

    await (await lock.acquire('catalog', createStepContext({ limit: 2 * AMPLE }))).release()
    await until(() => expect(fleet.report()).toMatchObject({ vote: true, instances: 1 }))
  } finally {
    await fleet.leave(createStepContext({ limit: 2_000 }))
  }
})

// The last one: a Sentinel that was frozen decides nothing for half a minute.
test('Sentinels that are frozen hold neither the check nor the warm-up, and no connection of ours', async () => {
  const [first] = sentinel.sentinels
  await first?.freeze()
  const context = (): ReturnType<typeof createStepContext> => createStepContext({ limit: 300 })
  const noSockets = (): Promise<void> =>
    until(() => expect(process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap')).toEqual([]))

  expect(await runCheck(dependencyOf(clientOf()), context())).toMatchObject({ status: 'fail' })
  await noSockets()

  // The client's own would wait for ever.
  const client = clientOf({ sentinelCommandTimeout: 500, sentinelRetryStrategy: () => null })
  const dependency = dependencyOf(client)
  await expect(runWarmUp(dependency, context())).rejects.toThrow('redis did not become usable in time')
  await runClose(dependency)
  await noSockets()
})
