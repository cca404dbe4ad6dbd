import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import { Cluster } from 'ioredis'
import { describe, expect, test, vi } from 'vitest'

import { redis, redisFleet, redisLock } from '../src/index.ts'
import { useRealCluster } from './real-cluster.ts'
import { AMPLE } from './real-server.ts'

const cluster = useRealCluster()

const each = <Answer>(
  ask: (node: (typeof cluster.masters)[number], index: number) => Promise<Answer>,
): Promise<Answer[]> => Promise.all(cluster.masters.map(ask))

describe('a Cluster', () => {
  test('is warm when it knows its slots and every master answers, and is checked by one connection to each', async () => {
    const client = cluster.client()
    const dependency = cluster.dependency(client)

    await runWarmUp(dependency)
    expect(client.status).toBe('ready')
    expect(client.slots.filter(Boolean)).toHaveLength(16_384)
    for (let run = 0; run < 3; run++) expect(await runCheck(dependency)).toEqual({ status: 'pass' })

    expect(await each((node) => cluster.connections(node, 'tidegate-check'))).toEqual([1, 1, 1])
  })

  test('has its scripts on every master', async () => {
    const lua = 'return redis.call("GET", KEYS[1])'
    const context = createStepContext()
    await runWarmUp(cluster.dependency(cluster.client(), { scripts: { read: { lua }, one: 'return 1' } }), context)

    const { createHash } = await import('node:crypto')
    const sha = createHash('sha1').update(lua).digest('hex')
    expect(await each((node) => cluster.on(node, (admin) => admin.script('EXISTS', sha)))).toEqual([[1], [1], [1]])
    expect(context.steps).toEqual(['1/2 scripts', '2/2 scripts'])
  })

  test('of which a master is frozen fails by its address, and passes when it goes on', async () => {
    const dependency = cluster.dependency(cluster.client())
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    const [, second] = cluster.masters
    await second?.freeze()

    const result = await runCheck(dependency, createStepContext({ limit: 500 }))
    await second?.thaw()

    expect(result).toEqual({
      status: 'fail',
      message: `1 of 3 masters: 127.0.0.1:${second?.connection.port}: PING was not answered within 500 ms`,
    })
    await vi.waitFor(async () => expect(await runCheck(dependency)).toEqual({ status: 'pass' }), AMPLE)
  })

  test('of which a master is killed fails, on the others too when they know, and passes after its restart', async () => {
    const client = cluster.client()
    const dependency = cluster.dependency(client)
    await runWarmUp(dependency)
    const [first] = cluster.masters
    await first?.kill()

    expect(await runCheck(dependency)).toMatchObject({
      status: 'fail',
      message: expect.stringContaining(`1 of 3 masters: 127.0.0.1:${first?.connection.port}: `),
    })
    await vi.waitFor(
      async () =>
        expect(await runCheck(dependency)).toMatchObject({ message: expect.stringMatching(/^3 of 3 masters/) }),
      AMPLE,
    )
    await expect(runWarmUp(dependency, createStepContext({ limit: 2_000 }))).rejects.toMatchObject({
      code: 'TIDEGATE_WARM_UP',
    })
    await first?.start()

    await vi.waitFor(async () => expect(await runCheck(dependency)).toEqual({ status: 'pass' }), AMPLE)
    await runWarmUp(dependency)
    expect(await Promise.all(cluster.keys.map((key) => client.set(key, 1)))).toEqual(['OK', 'OK', 'OK'])
  })

  test('whose startup nodes are all gone fails the warm-up at once, with why', async () => {
    await each((node) => node.kill())
    const client = cluster.client()
    const dependency = cluster.dependency(client)
    const context = createStepContext()

    await expect(runWarmUp(dependency, context)).rejects.toThrow(/^redis is not usable: .*(ECONNREFUSED|closed)/)
    expect(await runCheck(dependency)).toMatchObject({ status: 'fail' })
    await each((node) => node.start())

    await vi.waitFor(() => runWarmUp(dependency), AMPLE)
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  })

  test('that is frozen fails the warm-up in time', async () => {
    await each((node) => node.freeze())
    const dependency = cluster.dependency(cluster.client())

    await expect(runWarmUp(dependency, createStepContext({ limit: 500 }))).rejects.toThrow(
      'redis did not become usable in time',
    )
  })
})

describe('the close of a Cluster', () => {
  test('quits it after what it has sent is answered, and leaves no connection and no listener', async () => {
    const client = cluster.client()
    const before = client.eventNames()
    const dependency = cluster.dependency(client)
    await runWarmUp(dependency)
    await runCheck(dependency)
    const written = Promise.all(Array.from({ length: 300 }, (_, index) => client.set(`key-${index}`, index)))

    const context = createStepContext()
    await runClose(dependency, context)

    expect(await written).toHaveLength(300)
    expect(client.status).toBe('end')
    expect(context.lines).toEqual([])
    expect(client.eventNames()).toEqual(before)
    await vi.waitFor(async () => expect(await each((node) => cluster.connections(node))).toEqual([0, 0, 0]), AMPLE)
  })

  test('connects to no node that was never used', async () => {
    const client = cluster.client()
    await client.connect()
    const connecting = vi.fn()
    for (const node of client.nodes()) if (node.status === 'wait') node.on('connecting', connecting)
    const context = createStepContext()

    await runClose(cluster.dependency(client), context)

    expect(connecting).not.toHaveBeenCalled()
    expect(client.status).toBe('end')
    expect(context.lines).toEqual([])
  })

  test('opens nothing for one that never had a connection', async () => {
    const client = cluster.client()
    const connecting = vi.fn()
    client.on('connecting', connecting)

    await runClose(cluster.dependency(client))

    expect(connecting).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(client.status).toBe('end'), AMPLE)
  })

  test('disconnects within its limit when a master is frozen, and says so', async () => {
    const client = cluster.client()
    const dependency = cluster.dependency(client)
    await runWarmUp(dependency)
    await Promise.all(cluster.keys.map((key) => client.set(key, 1)))
    await cluster.masters[2]?.freeze()

    const context = createStepContext({ limit: 1_000, signal: new AbortController().signal })
    await runClose(dependency, context)

    expect(context.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('QUIT was not answered') }])
  })

  test('is done at once while it is reconnecting', async () => {
    const client = cluster.client({ clusterRetryStrategy: () => 60_000 })
    const dependency = cluster.dependency(client)
    await runWarmUp(dependency)
    // It hears of those alone that it is connected to.
    await Promise.all(cluster.keys.map((key) => client.set(key, 1)))
    await each((node) => node.kill())
    await vi.waitFor(() => expect(client.status).toBe('reconnecting'), AMPLE)

    const context = createStepContext()
    await runClose(dependency, context)

    expect(context.lines).toEqual([])
  })
})

test('the lock holds no more than it should over a Cluster, and leaves nothing', async () => {
  const locks = Array.from({ length: 8 }, () => redisLock(cluster.client(), { holders: 2, lease: '5s' }))
  let holding = 0
  let most = 0
  await Promise.all(
    locks.map(async (lock) => {
      const lease = await lock.acquire('catalog', createStepContext({ limit: AMPLE }))
      most = Math.max(most, (holding += 1))
      await new Promise((resolve) => setImmediate(resolve))
      expect(lease.lost.aborted).toBe(false)
      holding -= 1
      await lease.release()
    }),
  )

  expect(most).toBeLessThanOrEqual(2)
  expect(await each((node) => cluster.on(node, (admin) => admin.keys('*:lock:*')))).toEqual([[], [], []])
})

test('the fleet knows of itself over a Cluster', async () => {
  const member = {
    service: 'shop',
    instance: 'host',
    logger: createStepContext().logger,
    serving: () => true,
    dependencies: () => [],
    onChange() {},
    onLost() {},
  }
  const memberships = [1, 2].map(() => redisFleet(cluster.client(), { lease: '2s' }).join(member))
  await vi.waitFor(() => {
    for (const membership of memberships) {
      membership.changed()
      expect(membership.report()).toMatchObject({ vote: true, instances: 2 })
    }
  }, AMPLE)
  await Promise.all(memberships.map((membership) => membership.leave(createStepContext({ limit: 2_000 }))))
})

test('a Cluster of a lazy client is no fault, and nothing of it is opened', () => {
  const client = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true })
  redis(client)
  redisLock(client)
  redisFleet(client)
  expect(client.status).toBe('wait')
})
