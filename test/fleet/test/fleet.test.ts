import { startPostgres, startRedis } from '@tidegate/services'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, test, vi } from 'vitest'

import { layCable } from './support/cable.ts'
import type { Cable } from './support/cable.ts'
import { Instance } from './support/instance.ts'
import { AMPLE, LEASE } from './support/limits.ts'
import { watchReadiness } from './support/watch-readiness.ts'

const SIZE = 6
/** 30 % of six. */
const ALLOWED = 1

vi.setConfig({ testTimeout: 4 * AMPLE, hookTimeout: 3 * AMPLE })

let postgres: Awaited<ReturnType<typeof startPostgres>>
let redis: Awaited<ReturnType<typeof startRedis>>
let cable: Cable
let instances: Instance[]
/** Its way to PostgreSQL is the cable. */
let wired: Instance

async function until(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: AMPLE, interval: 100 })
}

const all = (judge: (instance: Instance) => unknown): Promise<unknown[]> => Promise.all(instances.map(judge))

function printOnFailure(): void {
  onTestFailed(() => {
    for (const [index, { lines }] of instances.entries()) {
      console.error(
        `instance ${index}:`,
        lines.slice(-12).map(({ msg }) => msg),
      )
    }
  })
}

/** From then on the fleet lets somebody leave. */
async function untilGrown(): Promise<void> {
  const client = new Redis(redis.connection)
  try {
    await until(async () => {
      const [born, [seconds]] = await Promise.all([client.get('tidegate:{shop}:fleet:born'), client.time()])
      expect(Number(seconds) * 1_000 - Number(born)).toBeGreaterThan(LEASE)
    })
  } finally {
    client.disconnect()
  }
}

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(() => Promise.all([postgres?.close(), redis?.close()]))

beforeEach(async () => {
  cable = await layCable(postgres.connection)
  const where = { postgres: postgres.connection, redis: redis.connection, lease: LEASE }
  wired = new Instance({ ...where, postgres: { ...postgres.connection, port: cable.port } })
  instances = [wired, ...Array.from({ length: SIZE - 1 }, () => new Instance(where))]
  await until(() => all(({ isListening }) => expect(isListening).toBe(true)))
  await until(() => all(async (one) => expect(await one.fleet()).toMatchObject({ vote: true, instances: SIZE })))
  await untilGrown()
})
afterEach(async () => {
  await Promise.all(instances.map((instance) => instance.kill()))
  await Promise.all([cable.cut(), postgres.thaw(), redis.start()])
})

async function poison(): Promise<void> {
  await all(async (instance) => {
    for (let time = 0; time < 6; time++) await instance.ask('/poisoned')
  })
}

test('a route that is poisoned on all six takes out no more than the allowed share', async () => {
  printOnFailure()
  const watch = watchReadiness(instances)
  await until(async () => {
    await poison()
    const verdicts = instances.map((one) => (one.said('outlier: 5 bad answers in a row; out') > 0 ? 'out' : 'in'))
    expect(verdicts.filter((verdict) => verdict === 'out')).toHaveLength(ALLOWED)
    const stay = instances.filter((one) => one.said('outlier: 5 bad answers in a row; it stays, for as many') > 0)
    expect(stay).toHaveLength(SIZE - ALLOWED)
  })
  await until(() => expect(watch.record.most).toBe(ALLOWED))
  await poison()

  expect((await watch.stop()).who.size).toBe(ALLOWED)
})

test('a shared PostgreSQL that is frozen, and thawed, empties nobody’s /readyz', async () => {
  printOnFailure()
  const watch = watchReadiness(instances)
  await postgres.freeze()
  await until(() => all((one) => expect(one.said('postgres fails')).toBe(1)))
  // Leases, checks and rounds go on while it stands still.
  const seen = instances.map(({ lines }) => lines.length)
  await until(() => all(async (one) => expect(await one.fleet()).toMatchObject({ vote: true, out: 0 })))
  expect((await wired.ask('/healthz')).status).toBe(503)
  await postgres.thaw()
  await until(() => all((one) => expect(one.said('postgres passes')).toBe(2)))

  expect(await watch.stop()).toEqual({ most: 0, who: new Set() })
  expect(instances.map(({ lines }, index) => lines.slice(seen[index]).map(({ msg }) => msg))).not.toContainEqual(
    expect.arrayContaining([expect.stringContaining('out of rotation')]),
  )
})

test('one that is cut off from PostgreSQL leaves alone, and comes back', async () => {
  printOnFailure()
  const watch = watchReadiness(instances)
  await cable.cut()
  await until(async () => expect(await wired.isReady()).toBe(false))
  expect(wired.said('out of rotation by the verdict of the fleet: postgres fails here')).toBe(1)

  await cable.mend()
  await until(async () => expect(await wired.isReady()).toBe(true))
  expect(await watch.stop()).toEqual({ most: 1, who: new Set([wired]) })
})

test('while Redis is down there is no vote, which is said once, and nobody leaves; the fleet is back with Redis', async () => {
  printOnFailure()
  await redis.kill()
  await until(() => all((one) => expect(one.said('the fleet has no vote')).toBe(1)))
  const watch = watchReadiness(instances)

  await cable.cut()
  await poison()
  await until(() => expect(wired.said('postgres fails')).toBe(1))
  await until(() =>
    all((one) => expect(one.said('outlier: 5 bad answers in a row; it stays, for the fleet has no')).toBe(1)),
  )
  expect(await watch.stop()).toEqual({ most: 0, who: new Set() })
  expect(instances.map((one) => one.said('the fleet has no vote'))).toEqual(instances.map(() => 1))

  await redis.start()
  await until(() => all(async (one) => expect(await one.fleet()).toMatchObject({ vote: true, instances: SIZE })))
  await until(async () => expect(await wired.isReady()).toBe(false))
  expect(wired.said('out of rotation by the verdict of the fleet')).toBe(1)
})

test('one that is killed counts until its lease is over', async () => {
  printOnFailure()
  const [dead, ...others] = instances as [Instance, ...Instance[]]
  await dead.kill()

  await until(() =>
    Promise.all(
      others.map(async (one) => expect(await one.fleet()).toMatchObject({ vote: true, instances: SIZE - 1 })),
    ),
  )
})
