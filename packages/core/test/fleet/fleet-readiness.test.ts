import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Dependency, Lifecycle, LifecycleOptions } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'
import { createFakeFleet } from './fake-fleet.ts'

const SECOND = 1_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const fleet = { current: createFakeFleet() }
const db = { works: true }

function dependency(name: string, more: Partial<Dependency> = {}): Dependency {
  return {
    name,
    check() {
      if (!db.works) throw new Error('refused')
    },
    health: { interval: SECOND, retryInterval: 100, fall: 2, rise: 2, staleAfter: '1m' },
    ...more,
  }
}

async function ready(options: LifecycleOptions = {}): Promise<Lifecycle> {
  db.works = true
  fleet.current = createFakeFleet()
  const lifecycle: Lifecycle = createLifecycle<string>({
    service: { name: 'shop' },
    dependencies: [dependency('db')],
    probes: { readiness: 'fleet' },
    shutdown: { signals: false, linger: false },
    fleet: fleet.current,
    logger: false,
    ...options,
  })
  onTestFinished(async () => {
    vi.useRealTimers()
    await lifecycle.shutdown()
  })
  await lifecycle.start()
  await vi.advanceTimersByTimeAsync(10)
  expect(lifecycle.ready).toBe(true)
  return lifecycle
}

/** The dependency is failing here, and has been for a while. */
async function fails(): Promise<void> {
  db.works = false
  await vi.advanceTimersByTimeAsync(5 * SECOND)
}

/** The others answer this much, again and again, while checks go on here. */
async function hears(failing: number, instances = 5): Promise<void> {
  fleet.current.elsewhere = { db: { instances, failing } }
  for (let round = 0; round < 6; round++) {
    fleet.current.heard()
    await vi.advanceTimersByTimeAsync(SECOND / 2)
  }
}

describe("with readiness 'fleet'", () => {
  test('a dependency that fails here and works for most others takes this instance out, until it works again', async () => {
    const lifecycle = await ready()
    const states: string[] = []
    lifecycle.on('fleet', ({ state }) => states.push(state))
    lifecycle.on('readiness', (event) => states.push(event.ready ? 'ready' : 'not ready'))

    await fails()
    expect(lifecycle.ready).toBe(true)
    await hears(1)
    expect(lifecycle.report()).toMatchObject({ ready: false, reasons: ['db'], status: 'fail' })

    db.works = true
    await vi.advanceTimersByTimeAsync(5 * SECOND)
    expect(lifecycle.ready).toBe(true)
    expect(fleet.current.calls.filter((call) => /eject|readmit/.test(call))).toEqual(['try-eject undefined', 'readmit'])
    expect(states).toEqual(['vote', 'not ready', 'out', 'ready', 'back'])
  })

  test.each([
    ['half of the others', 3, 6],
    ['most of the others', 4, 5],
    ['all of the others', 5, 5],
    ['nobody else, because there is nobody', 0, 0],
  ])('one that fails for %s, too, only degrades', async (_who, failing, instances) => {
    const lifecycle = await ready()
    await fails()
    await hears(failing, instances)

    expect(lifecycle.report()).toMatchObject({ ready: true, status: 'fail' })
    expect(fleet.current.calls).not.toContain('try-eject undefined')
  })

  test('who is the last to notice that an outage of all is over stays', async () => {
    const lifecycle = await ready()
    await fails()
    await hears(5)

    // It works again, and the others have seen that before the next check here.
    db.works = true
    await hears(0)

    expect(lifecycle.ready).toBe(true)
    expect(fleet.current.calls).not.toContain('try-eject undefined')
  })

  test('when it comes to fail for the others, too, this instance comes back', async () => {
    const lifecycle = await ready()
    await fails()
    await hears(0)
    expect(lifecycle.ready).toBe(false)

    await hears(5)
    expect(lifecycle.ready).toBe(true)
  })

  test('no vote is as startup, for who is in and for who is out', async () => {
    const { logger, lines } = createRecordingLogger()
    const lifecycle = await ready({ logger })
    await fails()
    await hears(0)
    expect(lifecycle.ready).toBe(false)

    fleet.current.elsewhere = undefined
    for (let round = 0; round < 6; round++) fleet.current.heard()
    expect(lifecycle.report()).toMatchObject({ ready: true, fleet: { vote: false, reason: 'nobody answers' } })
    await vi.advanceTimersByTimeAsync(10 * SECOND)
    expect(lifecycle.ready).toBe(true)
    const said = lines.filter(({ message }) => message.startsWith('the fleet has no vote'))
    expect(said).toMatchObject([{ level: 'warn', fields: { reason: 'nobody answers' } }])

    await hears(0)
    expect(lifecycle.report()).toMatchObject({ ready: false, fleet: { vote: true, instances: 6 } })
  })

  test('while enough are out it stays, and asks again, though not at every word', async () => {
    const lifecycle = await ready()
    fleet.current.verdict = 'enough-are-out'
    await fails()
    await hears(0)
    expect(lifecycle.ready).toBe(true)
    const asked = fleet.current.calls.filter((call) => call.startsWith('try-eject')).length
    expect(asked).toBeGreaterThanOrEqual(1)
    expect(asked).toBeLessThanOrEqual(3)

    fleet.current.verdict = 'granted'
    await hears(0)
    expect(lifecycle.ready).toBe(false)
  })

  test('who has lost its place comes back, and asks for another', async () => {
    const lifecycle = await ready()
    await fails()
    await hears(0)

    fleet.current.member.onLost()
    expect(lifecycle.ready).toBe(true)
    await hears(0)
    expect(lifecycle.ready).toBe(false)
  })

  test('what recovers while the place is asked for gives it back', async () => {
    const lifecycle = await ready()
    let grant: (verdict: 'granted') => void = () => {}
    fleet.current.verdict = new Promise((resolve) => (grant = resolve))
    await fails()
    await hears(0)
    db.works = true
    await vi.advanceTimersByTimeAsync(5 * SECOND)
    grant('granted')
    await vi.advanceTimersByTimeAsync(0)

    expect(lifecycle.ready).toBe(true)
    expect(fleet.current.calls.at(-1)).toBe('readmit')
  })

  test.each<[string, Partial<Dependency>]>([
    ['is not critical', { critical: false }],
    ['has no check', { check: undefined as never }],
  ])('what %s is not voted on', async (_what, more) => {
    await ready({ dependencies: [dependency('db', more)] })
    expect(fleet.current.member.dependencies()).toEqual([])
  })
})

test('without it the fleet is joined and told, and readiness is as it was', async () => {
  const lifecycle = await ready({ probes: { readiness: 'startup' } })
  await fails()
  await hears(0)

  expect(lifecycle.ready).toBe(true)
  expect(fleet.current.member.dependencies()).toEqual([{ name: 'db', failingSince: expect.any(Number) as number }])
})

test('the fleet is joined at the start, told of every phase, and left before anything is closed', async () => {
  const { calls } = fleet.current
  const closed: string[] = []
  const lifecycle = await ready({
    dependencies: [dependency('db', { close: async () => void closed.push(...fleet.current.calls) })],
  })
  vi.useRealTimers()
  expect(calls).not.toBe(fleet.current.calls)
  expect(fleet.current.calls.slice(0, 2)).toEqual(['join shop', 'changed'])
  expect(fleet.current.member.serving()).toBe(true)

  const stopped = lifecycle.shutdown()
  expect(fleet.current.member.serving()).toBe(false)
  await stopped

  expect(closed.at(-1)).toBe('leave')
  expect(await lifecycle.fleet?.tryEject()).toEqual({ granted: false, why: 'no-vote' })
  expect(lifecycle.report().fleet).toEqual({ vote: false, reason: 'this instance has not joined the fleet' })
})

test('several in one process share one place, which is given back by the last', async () => {
  const lifecycle = await ready()
  const [one, two] = await Promise.all([
    lifecycle.fleet?.tryEject({ maxPercent: 50 }),
    lifecycle.fleet?.tryEject({ maxPercent: 20 }),
  ])
  if (!one?.granted || !two?.granted) throw new Error('a place was refused')

  one.readmit()
  one.readmit()
  expect(fleet.current.calls).not.toContain('readmit')
  two.readmit()
  expect(fleet.current.calls.filter((call) => /eject|readmit/.test(call))).toEqual([
    'try-eject 50',
    'try-eject 20',
    'readmit',
  ])
})

test('a place that is lost while another one asks leaves that one its answer', async () => {
  const lifecycle = await ready()
  const lost: string[] = []
  await lifecycle.fleet?.tryEject({ onLost: () => lost.push('one') })
  const asked = lifecycle.fleet?.tryEject({ onLost: () => lost.push('two') })
  fleet.current.member.onLost()
  const two = await asked
  if (!two?.granted) throw new Error('a place was refused')
  expect(lost).toEqual(['one'])

  fleet.current.member.onLost()
  expect(lost).toEqual(['one', 'two'])
  two.readmit()
  expect(fleet.current.calls).not.toContain('readmit')
})

test('what cannot work is refused', () => {
  const faultsOf = (options: object): string => {
    try {
      createLifecycle(options)
      return ''
    } catch (error) {
      return String(error)
    }
  }
  expect(faultsOf({ probes: { readiness: 'fleet' } })).toContain("probes.readiness: 'fleet' needs to know the others")
  expect(faultsOf({ fleet: createFakeFleet() })).toContain('service.name: is needed with a fleet')
  expect(faultsOf({ service: { name: 'shop' }, fleet: 'redis://localhost' })).toContain('fleet: must be a fleet')
  expect(createLifecycle({ logger: false }).fleet).toBeUndefined()
})
