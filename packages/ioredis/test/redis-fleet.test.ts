import type { Fleet, FleetDependency, FleetMember, FleetMembership } from '@tidegate/core'
import { createStepContext } from '@tidegate/testing'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { redisFleet } from '../src/index.ts'
import type { RedisFleetOptions } from '../src/index.ts'
import { AMPLE, useRealServer } from './real-server.ts'

const server = useRealServer()
const KEYS = 'tidegate:{shop}:fleet'

interface Instance extends FleetMembership {
  serving: boolean
  dependencies: FleetDependency[]
  readonly lost: number
}

const instances: Instance[] = []
const fleetOf = (options?: RedisFleetOptions): Fleet => redisFleet(server.client(), { lease: '2s', ...options })

function join(fleet: Fleet, service = 'shop'): Instance {
  let lost = 0
  const member = { serving: true, dependencies: [] as FleetDependency[] }
  const membership = fleet.join({
    service,
    instance: 'host-1',
    logger: createStepContext().logger,
    serving: () => member.serving,
    dependencies: () => member.dependencies,
    onChange() {},
    onLost() {
      lost += 1
    },
  } satisfies FleetMember)
  const instance = Object.assign(Object.create(membership), member) as Instance
  // What the member says is read from the instance that the test holds.
  Object.defineProperty(instance, 'lost', { get: () => lost })
  for (const name of ['failingElsewhere', 'tryEject', 'readmit', 'changed', 'report', 'leave'] as const) {
    Object.defineProperty(instance, name, { value: membership[name].bind(membership) })
  }
  Object.defineProperty(member, 'serving', { get: () => instance.serving })
  Object.defineProperty(member, 'dependencies', { get: () => instance.dependencies })
  instances.push(instance)
  return instance
}

const leave = (instance: Instance): Promise<void> => instance.leave(createStepContext({ limit: 2_000 }))

async function until(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: AMPLE / 2, interval: 20 })
}

/** So many instances, all known to each other; the fleet is old enough to let somebody leave. */
async function fleetOfMany(count: number, options?: RedisFleetOptions): Promise<Instance[]> {
  await server.admin.set(`${KEYS}:born`, 1)
  const fleet = fleetOf(options)
  const all = Array.from({ length: count }, () => join(fleet))
  await until(() => {
    for (const instance of all) {
      instance.changed()
      expect(instance.report()).toMatchObject({ vote: true, instances: count })
    }
  })
  return all
}

afterEach(async () => {
  await Promise.all(instances.splice(0).map(leave))
  await server.start()
  await server.admin.flushall()
})

describe('the place among those that are out', () => {
  test('is for no more than the allowed share, however many ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 100 }), async (count, percent) => {
        const all = await fleetOfMany(count)
        const verdicts = await Promise.all(all.map((instance) => instance.tryEject(percent)))
        const granted = verdicts.filter((verdict) => verdict === 'granted').length
        expect(granted).toBe(Math.floor((count * percent) / 100))
        expect(verdicts.filter((verdict) => verdict === 'no-vote')).toEqual([])
        await Promise.all(instances.splice(0).map(leave))
      }),
      { numRuns: 10, examples: [[4, 25]] },
    )
  })

  test.each([
    [1, 0],
    [3, 0],
    [4, 1],
    [6, 1],
    [7, 2],
  ])('is by default, of %i, for %i', async (count, places) => {
    const all = await fleetOfMany(count)
    const verdicts = await Promise.all(all.map((instance) => instance.tryEject()))
    expect(verdicts.filter((verdict) => verdict === 'granted')).toHaveLength(places)
    expect(verdicts.filter((verdict) => verdict === 'enough-are-out')).toHaveLength(count - places)
  })

  test('is free again for another when it is given back, and when who had it leaves', async () => {
    const [one, two, three] = (await fleetOfMany(4)) as [Instance, Instance, Instance, Instance]
    expect([await one.tryEject(), await one.tryEject(), await two.tryEject()]).toEqual([
      'granted',
      'granted',
      'enough-are-out',
    ])
    one.readmit()
    await until(async () => expect(await two.tryEject()).toBe('granted'))
    await leave(two)
    // Of three, one is a third.
    expect([await three.tryEject(30), await three.tryEject(34)]).toEqual(['enough-are-out', 'granted'])
  })

  test('is not given before the fleet has been there for a lease', async () => {
    const fleet = fleetOf()
    const all = [join(fleet), join(fleet), join(fleet), join(fleet)] as const
    await until(() => expect(all[0].report()).toMatchObject({ vote: true }))
    expect(await all[0].tryEject(100)).toBe('no-vote')
    await until(async () => expect(await all[0].tryEject(100)).toBe('granted'))
  })

  test('is kept when Redis has lost its data, and given to nobody else meanwhile', async () => {
    const [one, two] = (await fleetOfMany(4)) as [Instance, Instance]
    expect(await one.tryEject()).toBe('granted')

    await server.admin.flushall()
    expect(await two.tryEject()).toBe('no-vote')
    await until(async () => expect(await server.admin.zcard(`${KEYS}:out`)).toBe(1))
    expect(one.lost).toBe(0)
    await until(async () => expect(await two.tryEject()).toBe('enough-are-out'))
  })

  test('is lost when another instance got it while this one was not heard of', async () => {
    const [one] = (await fleetOfMany(4)) as [Instance]
    expect(await one.tryEject()).toBe('granted')

    await server.admin
      .multi()
      .del(`${KEYS}:out`)
      .zadd(`${KEYS}:out`, Date.now() + AMPLE, 'another')
      .exec()

    await until(() => expect(one.lost).toBe(1))
    expect(await one.tryEject()).toBe('enough-are-out')
  })

  test('is lost with its lease when Redis cannot be reached, and can be had again', async () => {
    const [one, two] = (await fleetOfMany(4)) as [Instance, Instance]
    expect(await one.tryEject()).toBe('granted')
    await server.freeze()
    await until(() => {
      expect(one.report()).toMatchObject({ vote: false })
      expect(one.lost).toBe(1)
    })
    expect(two.lost).toBe(0)
    await server.thaw()
    await until(async () => expect(await two.tryEject()).toBe('granted'))
    expect(await one.tryEject()).toBe('enough-are-out')
    two.readmit()
    await until(async () => expect(await one.tryEject()).toBe('granted'))
  })

  test('is for those that serve', async () => {
    const all = await fleetOfMany(4)
    const [one, two] = all as [Instance, Instance]
    one.serving = false
    one.changed()
    await until(() => {
      two.changed()
      expect(two.report()).toMatchObject({ instances: 3 })
    })
    expect([await one.tryEject(100), await two.tryEject()]).toEqual(['enough-are-out', 'enough-are-out'])
  })
})

describe('a dependency that fails here', () => {
  const now = (): number => performance.now()

  /** Every other instance but `failing` says that its check has just passed. */
  async function report(others: readonly Instance[], failing: number): Promise<void> {
    for (const [index, other] of others.entries()) {
      other.dependencies = index < failing ? [{ name: 'db', failingSince: now() }] : [{ name: 'db', passedAt: now() }]
      other.changed()
    }
  }

  test.each([0, 1, 3])('is known to fail for %i others, by what they have said since', async (failing) => {
    const [one, ...others] = (await fleetOfMany(4)) as [Instance, ...Instance[]]
    one.dependencies = [{ name: 'db', failingSince: now() }]
    await until(async () => {
      await report(others, failing)
      one.changed()
      expect(one.failingElsewhere('db')).toEqual({ instances: 3, failing })
    })
  })

  test('is not said to work by those whose checks passed before it began to fail', async () => {
    const [one, ...others] = (await fleetOfMany(3)) as [Instance, ...Instance[]]
    const before = now()
    for (const other of others) {
      other.dependencies = [{ name: 'db', passedAt: before }]
      other.changed()
    }
    await until(async () => expect(await server.admin.zcard(`${KEYS}:passed:db`)).toBe(2))

    one.dependencies = [{ name: 'db', failingSince: now() }]
    one.changed()
    await until(() => expect(one.failingElsewhere('db')).toEqual({ instances: 2, failing: 2 }))
    await until(() => {
      for (const other of others) other.dependencies = [{ name: 'db', passedAt: now() }]
      expect(one.failingElsewhere('db')).toEqual({ instances: 2, failing: 0 })
    })
  })

  test('is not said to work by who is not heard of any more', async () => {
    const [one, two] = (await fleetOfMany(2)) as [Instance, Instance]
    one.dependencies = [{ name: 'db', failingSince: now() }]
    await until(() => {
      two.dependencies = [{ name: 'db', passedAt: now() }]
      one.changed()
      expect(one.failingElsewhere('db')).toEqual({ instances: 1, failing: 0 })
    })
    await server.admin.zadd(`${KEYS}:passed:db`, Date.now() + AMPLE, 'crashed')
    await server.admin.zadd(`${KEYS}:members`, Date.now() + AMPLE, 'silent')
    await until(() => expect(one.failingElsewhere('db')).toMatchObject({ instances: 2, failing: 1 }))
    await leave(two)
    await until(() => expect(one.failingElsewhere('db')).toMatchObject({ instances: 1, failing: 1 }))
  })

  test('is judged by no vote when nobody has asked about it', async () => {
    const [one] = (await fleetOfMany(2)) as [Instance]
    expect(one.failingElsewhere('db')).toBeUndefined()
  })
})

describe('while Redis', () => {
  test.each([
    ['is down', () => server.kill(), () => server.start(), /ECONNREFUSED|closed/],
    ['is frozen', () => server.freeze(), () => server.thaw(), /did not answer within 500 ms/],
  ])('%s there is no vote, and it is back with it', async (_what, begin, end, reason) => {
    const [one] = (await fleetOfMany(4)) as [Instance]
    await begin()

    expect(await one.tryEject(100)).toBe('no-vote')
    await until(() => expect(one.report()).toMatchObject({ vote: false }))
    expect(one.report().reason).toMatch(reason)
    expect(one.failingElsewhere('db')).toBeUndefined()

    await end()
    await until(() => expect(one.report()).toMatchObject({ vote: true, instances: 4 }))
  })

  test('is down from the start the reason is known, leaving waits for nothing, and no password is told', async () => {
    const fleet = redisFleet(server.client({ password: 'sesame' }), { lease: '8s' })
    await server.kill()
    const one = join(fleet)
    await until(() => expect(one.report().reason).toMatch(/ECONNREFUSED/))
    const begun = performance.now()
    await one.leave(createStepContext({ limit: AMPLE }))
    expect(performance.now() - begun).toBeLessThan(4_000)
    expect(JSON.stringify(one.report())).not.toContain('sesame')
  })

  test('has become a replica every round asks whoever its name leads to by now', async () => {
    const one = join(fleetOf({ lease: '1s' }))
    await until(() => expect(one.report()).toMatchObject({ vote: true }))
    const { connections } = await server.counts()
    await server.admin.replicaof('127.0.0.1', 1)
    await until(async () => expect((await server.counts()).connections).toBeGreaterThan(connections + 1))
    await until(() => expect(one.report().reason).toMatch(/read-only replica/))

    await server.admin.replicaof('NO', 'ONE')
    await until(() => expect(one.report()).toMatchObject({ vote: true }))
  })

  test('refuses the script that is said', async () => {
    await server.admin.acl('SETUSER', 'guest', 'on', '>sesame', '~*', '+ping')
    const one = join(redisFleet(server.client({ username: 'guest', password: 'sesame' })))
    await until(() => expect(one.report().reason).toMatch(/^the server refuses the script of the fleet: NOPERM/))
  })
})

test('instances of another service, or of another prefix, are another fleet', async () => {
  const [one, two, three] = [join(fleetOf()), join(fleetOf(), 'billing'), join(fleetOf({ prefix: 'staging' }))]
  for (const instance of [one, two, three]) {
    await until(() => expect(instance.report()).toMatchObject({ vote: true, instances: 1 }))
  }
  expect((await server.admin.keys('*:members')).toSorted()).toEqual([
    'staging:{shop}:fleet:members',
    'tidegate:{billing}:fleet:members',
    'tidegate:{shop}:fleet:members',
  ])
})

test('every key ends by itself, and who leaves leaves nothing of itself', async () => {
  const [one, two] = (await fleetOfMany(2)) as [Instance, Instance]
  one.dependencies = [{ name: 'db', passedAt: performance.now() }]
  one.changed()
  await until(async () => expect(await server.admin.zcard(`${KEYS}:passed:db`)).toBe(1))
  for (const key of await server.admin.keys('*')) expect(await server.admin.pttl(key)).toBeGreaterThan(0)

  await leave(one)
  expect(await server.admin.zcard(`${KEYS}:members`)).toBe(1)
  expect(await server.admin.zcard(`${KEYS}:passed:db`)).toBe(0)
  await leave(two)
  expect(await server.admin.keys('*')).toEqual([`${KEYS}:born`])
  await until(async () => expect(await server.connectionNames()).toEqual(['']))
})

test('what cannot work is refused, with every fault, and nothing of it is opened', () => {
  const faultOf = (run: () => unknown): string => {
    try {
      run()
    } catch (error) {
      return String(error)
    }
    return ''
  }
  const client = new Redis({ lazyConnect: true })
  const options = { prefix: 'a{b', lease: '10ms', maxEjectionPercent: 0, ttl: 5 }
  const fault = faultOf(() => redisFleet(client, options as RedisFleetOptions))
  for (const part of [
    'options.prefix',
    'options.lease',
    'options.maxEjectionPercent',
    'options.ttl is not an option',
  ]) {
    expect(fault).toContain(part)
  }
  redisFleet(client)
  expect(client.status).toBe('wait')
})
