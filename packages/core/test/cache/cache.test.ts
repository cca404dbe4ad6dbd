import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { cache, createLifecycle } from '../../src/index.ts'
import type { Cache, CacheOptions, DrainRecord, Lifecycle, Lock, LockContext, WarmUpContext } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'
import type { Line } from '../support/recording-logger.ts'

let lifecycle: Lifecycle
let lines: readonly Line[]
/** What each load was given, and when it began. */
let loads: { readonly at: number; readonly context: WarmUpContext }[]
/** What the next loads do; nothing means that they give their number. */
let plan: ((context: WarmUpContext) => Promise<number>)[]
let startedAt: number

const now = (): number => Math.round(performance.now() - startedAt)
const refuse = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED db:5432'))
const later = (ms: number, value: number) => (): Promise<number> =>
  new Promise((resolve) => setTimeout(() => resolve(value), ms))
/** Ends with its signal, and not before. */
const untilAborted = ({ signal }: WarmUpContext): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

const stopsLate = ({ signal }: WarmUpContext): Promise<number> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(new Error('stopped')), 400))
  })

async function start(options: Partial<CacheOptions<number>> = {}): Promise<Cache<'catalog', number>> {
  startedAt = performance.now()
  const catalog = cache('catalog', {
    load: (context) => {
      loads.push({ at: now(), context })
      const next = plan.shift()
      return next === undefined ? Promise.resolve(loads.length) : next(context)
    },
    ...options,
  })
  const recording = createRecordingLogger()
  lines = recording.lines
  lifecycle = createLifecycle({
    dependencies: [catalog],
    health: { interval: 1_000, timeout: 100, fall: 1, rise: 1 },
    warmUp: { timeout: '10s', retry: { initial: 4_000, max: 8_000 } },
    shutdown: { linger: false, signals: false, exit: false },
    logger: recording.logger,
  })
  void lifecycle.start()
  await vi.advanceTimersByTimeAsync(0)
  return catalog
}

async function leave(): Promise<DrainRecord> {
  const stopped = lifecycle.shutdown()
  await vi.advanceTimersByTimeAsync(10_000)
  return stopped
}

const report = (): object | undefined => lifecycle.report().dependencies['catalog']
const warnings = (): string[] => lines.filter(({ level }) => level === 'warn').map(({ message }) => message)

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  loads = []
  plan = []
  lifecycle = createLifecycle({ logger: false })
})

afterEach(async () => {
  await leave()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a cache', () => {
  test('is loaded before ready, once, and has no check', async () => {
    plan = [later(3_000, 42)]
    const catalog = await start()
    expect(lifecycle.phase).toBe('warming')
    expect(() => catalog.get()).toThrow(expect.objectContaining({ code: 'TIDEGATE_PHASE' }))
    await vi.advanceTimersByTimeAsync(3_000)

    expect(lifecycle.phase).toBe('ready')
    expect(catalog.get()).toBe(42)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(loads).toHaveLength(1)
    expect(report()).not.toHaveProperty('checkedAt')
  })

  test.each([
    [{ refresh: 5 }, "options.refresh is 5, and must be a duration from '1s'"],
    [{ refresh: '25d' }, 'options.refresh is "25d"'],
    [{ staleFor: 0 }, "options.staleFor is 0, and must be a duration, as '1h', or false"],
    [{ refresh: '5m', staleFor: '5m' }, 'options.staleFor is 5m, and a value is up to 330s old'],
    [{ lock: {} }, 'options.lock is an object, and must be a lock'],
    [{ rewarm: 'yes' }, 'options.rewarm is "yes", and must be true or false'],
    [{ health: { interval: '5s' } }, 'options.health is of a check'],
  ])('refuses %o', (options, message) => {
    expect(() => cache('catalog', { load: async () => 1, ...(options as object) })).toThrow(message)
  })
})

describe('with refresh', () => {
  test('is loaded again in the background, counted from the end of the last load, give or take 10 %', async () => {
    plan = [later(2_000, 1), later(5_000, 2)]
    const catalog = await start({ refresh: '1m' })
    await vi.advanceTimersByTimeAsync(62_000 - 1)
    expect(loads).toHaveLength(1)
    vi.mocked(Math.random).mockReturnValue(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(loads[1]?.at).toBe(62_000)
    await vi.advanceTimersByTimeAsync(4_999)
    expect(catalog.get()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(catalog.get()).toBe(2)

    await vi.advanceTimersByTimeAsync(54_000)
    expect(loads[2]?.at).toBe(62_000 + 5_000 + 54_000)
    expect(report()).toMatchObject({ status: 'pass' })
  })

  test('has the limit and the logger of its warm-up each time', async () => {
    plan = [later(0, 1), untilAborted]
    await start({ refresh: '1m', limits: { warmUp: '7s' } })
    await vi.advanceTimersByTimeAsync(60_000)
    const context = loads[1]?.context

    expect(context?.remaining()).toBeCloseTo(7_000)
    context?.logger.info({}, 'half way')
    expect(lines.at(-1)).toMatchObject({ message: 'half way', fields: { dependency: 'catalog' } })
    await vi.advanceTimersByTimeAsync(7_000)
    expect(context?.signal.reason).toMatchObject({ code: 'TIDEGATE_TIMEOUT' })
    expect(warnings().at(-1)).toContain('took longer than 7s')
  })

  test('keeps the last good value when loading fails, warns with why and since when, and tries again', async () => {
    plan = [later(0, 1), refuse, refuse, refuse, refuse]
    const catalog = await start({ refresh: '5s' })
    await vi.advanceTimersByTimeAsync(6_000)

    expect(catalog.get()).toBe(1)
    expect(report()).toMatchObject({
      status: 'warn',
      message: 'loading it again has failed since 2026-01-01T00:00:05.000Z: connect ECONNREFUSED db:5432',
    })
    expect(lifecycle.report()).toMatchObject({ status: 'warn', ready: true })
    await vi.advanceTimersByTimeAsync(20_000)
    // Half of 4 s, of 8 s, of 8 s.
    expect(loads.map(({ at }) => at)).toEqual([0, 5_000, 7_000, 11_000, 15_000, 19_000, 24_000])
    expect(catalog.get()).toBe(7)
    expect(report()).toMatchObject({ status: 'pass' })
    expect(warnings().filter((message) => message.includes('could not be loaded again'))).toHaveLength(1)
    expect(lines).toContainEqual(expect.objectContaining({ level: 'info', message: 'loaded again' }))
  })

  test.each([
    ['a second at least', 0, '1m', 61_000],
    ['refresh at most', 0.999, '2s', 4_000],
  ])('waits %s before it tries again', async (_, random, refresh, at) => {
    plan = [later(0, 1), refuse]
    await start({ refresh: refresh as '1m' })
    await vi.advanceTimersByTimeAsync(at - (random === 0 ? 1_000 : 2_000) - 1)
    vi.mocked(Math.random).mockReturnValue(random)
    await vi.advanceTimersByTimeAsync(10_000)

    expect(loads[2]?.at).toBe(at)
  })

  test('is never loaded twice at once', async () => {
    plan = [later(0, 1), untilAborted]
    await start({ refresh: '1s', limits: { warmUp: '1h' } })
    await vi.advanceTimersByTimeAsync(60_000)

    expect(loads).toHaveLength(2)
  })

  test('ends with the lifecycle: the load in flight is aborted, and no other follows', async () => {
    plan = [later(0, 1), untilAborted]
    await start({ refresh: '5s' })
    await vi.advanceTimersByTimeAsync(6_000)
    const record = await leave()

    expect(loads[1]?.context.signal.aborted).toBe(true)
    expect(record.steps).toMatchObject([{ step: 'close', name: 'catalog', outcome: 'done' }])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('says so when a load ignores its signal, and holds nothing up for it', async () => {
    plan = [later(0, 1), () => new Promise(() => {})]
    await start({ refresh: '5s', limits: { warmUp: '2s' } })
    await vi.advanceTimersByTimeAsync(11_000)

    expect(warnings()).toContainEqual(expect.stringContaining('goes on although its signal has aborted'))
    expect(loads).toHaveLength(3)
  })
})

test('with staleFor a value older than that fails, and names what keeps it from being newer', async () => {
  plan = [later(0, 1), ...Array.from({ length: 20 }, () => refuse)]
  await start({ refresh: '5s', staleFor: '20s' })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(report()).toMatchObject({ status: 'warn' })
  await vi.advanceTimersByTimeAsync(1_200)

  expect(report()).toMatchObject({
    status: 'fail',
    message:
      'the value is older than staleFor, which is 20s; ' +
      'loading it again has failed since 2026-01-01T00:00:05.000Z: connect ECONNREFUSED db:5432',
  })
  plan = []
  await vi.advanceTimersByTimeAsync(6_000)
  expect(report()).toMatchObject({ status: 'pass' })
})

describe('with a lock', () => {
  test('holds a lease of it during every load', async () => {
    plan = [later(1_000, 1), refuse]
    const { lock, said } = fakeLock()
    await start({ refresh: '5s', lock })
    await vi.advanceTimersByTimeAsync(10_000)

    expect(said.slice(0, 6)).toEqual([
      'acquire catalog',
      'release',
      'acquire catalog',
      'release',
      'acquire catalog',
      'release',
    ])
    expect(loads).toHaveLength(3)
  })

  test('does not load before there is room, and waits no longer than the attempt may take', async () => {
    const { lock, said } = fakeLock({ acquire: ({ signal }) => rejectionOf(signal) })
    await start({ lock, limits: { warmUp: '2s' } })
    await vi.advanceTimersByTimeAsync(2_000)

    expect(loads).toHaveLength(0)
    expect(lifecycle.report().warmUp.pending['catalog']?.error).toContain('took longer than 2s')
    expect(said).toEqual(['acquire catalog'])
  })

  test('asks a lock that does not mind its signal again', async () => {
    const { lock, said } = fakeLock({ acquire: () => new Promise(() => {}) })
    await start({ lock, limits: { warmUp: '2s' } })
    await vi.advanceTimersByTimeAsync(5_000)

    expect(said).toEqual(['acquire catalog', 'acquire catalog'])
  })

  test('gives back what comes after nobody waits for it any more', async () => {
    let give = (): void => {}
    const room = new Promise<void>((resolve) => (give = resolve))
    const { lock, said } = fakeLock({ acquire: () => room })
    await start({ lock, limits: { warmUp: '2s' } })
    await vi.advanceTimersByTimeAsync(2_000)
    give()
    await vi.advanceTimersByTimeAsync(0)

    expect(loads).toHaveLength(0)
    expect(said).toEqual(['acquire catalog', 'release'])
  })

  test('aborts the load whose lease is lost, which counts as failed', async () => {
    plan = [untilAborted]
    const { lock, said, lose } = fakeLock()
    await start({ lock })
    lose()
    await vi.advanceTimersByTimeAsync(0)

    expect(loads[0]?.context.signal.aborted).toBe(true)
    expect(lifecycle.report().warmUp.pending['catalog']?.error).toContain(
      'the lock "catalog" was lost while it was loading',
    )
    expect(said).toEqual(['acquire catalog', 'release'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(lifecycle.phase).toBe('ready')
  })

  test('keeps the lease until an aborted load has really stopped, and loads nothing before', async () => {
    plan = [later(25_000, 1)]
    const { lock, said } = fakeLock()
    await start({ lock, limits: { warmUp: '4s' } })
    await vi.advanceTimersByTimeAsync(24_999)

    expect(said).toEqual(['acquire catalog'])
    expect(loads).toHaveLength(1)
    expect(warnings()).toContainEqual(expect.stringContaining('goes on although its signal has aborted'))
    expect(lifecycle.report().warmUp.pending['catalog']?.error).toMatch(
      /^its warm-up took longer than 4s; .* \(the last load has not ended although its signal was aborted: hand the signal on/,
    )
    await vi.advanceTimersByTimeAsync(4_000)
    expect(said).toEqual(['acquire catalog', 'release', 'acquire catalog', 'release'])
    expect(lifecycle.phase).toBe('ready')
  })

  test('says in the report what it waits for, and when it fails, how many are before it', async () => {
    const waits: LockContext[] = []
    const { lock } = fakeLock({ acquire: (context) => (waits.push(context), rejectionOf(context.signal)) })
    await start({ lock, limits: { warmUp: '2s' } })
    const pending = (): object | undefined => lifecycle.report().warmUp.pending['catalog']
    waits[0]?.onWait?.({ before: 7 })
    waits[0]?.onWait?.({ before: 3 })

    expect(pending()).toMatchObject({ progress: '4/8 turns at the lock' })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(pending()).toMatchObject({
      error: expect.stringMatching(/took longer than 2s; .* \(it waits for the lock "catalog", with 3 before it\)$/),
    })
    await vi.advanceTimersByTimeAsync(2_000)
    waits[1]?.onWait?.({ error: 'connect ECONNREFUSED redis:6379' })
    expect(pending()).toMatchObject({ progress: '0/1 answers of the lock' })
  })

  test('warns of a refresh that could not begin because the lock cannot be asked for, at once', async () => {
    const { lock } = fakeLock()
    const broken: Lock = {
      acquire(name, context) {
        if (loads.length === 0) return lock.acquire(name, context)
        context.onWait?.({ error: 'connect ECONNREFUSED redis:6379' })
        return rejectionOf(context.signal)
      },
    }
    await start({ refresh: '5s', lock: broken })
    await vi.advanceTimersByTimeAsync(6_000)

    expect(report()).toMatchObject({
      status: 'warn',
      message:
        'loading it again has not begun since 2026-01-01T00:00:05.000Z: ' +
        'it waits for the lock "catalog", which cannot be asked for: connect ECONNREFUSED redis:6379',
    })
    await vi.advanceTimersByTimeAsync(9_500)
    expect(report()).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/^loading it again has failed since .* took longer than 10s.*ECONNREFUSED/),
    })
  })

  test('warns of a refresh that waits for its turn once the value is late, and before it is stale', async () => {
    const { lock } = fakeLock()
    const busy: Lock = {
      acquire(name, context) {
        if (loads.length === 0) return lock.acquire(name, context)
        context.onWait?.({ before: 2 })
        return rejectionOf(context.signal)
      },
    }
    // Half of the way from 5.5 s to 9.5 s.
    await start({ refresh: '5s', staleFor: '9500ms', lock: busy })
    await vi.advanceTimersByTimeAsync(7_000)
    expect(report()).toMatchObject({ status: 'pass' })
    await vi.advanceTimersByTimeAsync(2_000)

    expect(report()).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('it waits for the lock "catalog", with 2 before it'),
    })
  })

  test('warns of a refresh that waits for the last load, which ignores its signal', async () => {
    plan = [later(0, 1), () => new Promise(() => {})]
    const { lock, said } = fakeLock()
    await start({ refresh: '5s', lock, limits: { warmUp: '2s' } })
    await vi.advanceTimersByTimeAsync(30_000)

    expect(said).toEqual(['acquire catalog', 'release', 'acquire catalog'])
    expect(report()).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('the last load has not ended although its signal was aborted'),
    })
  })

  test('gives up its place in the queue when the service leaves', async () => {
    const { lock, said } = fakeLock({ acquire: ({ signal }) => rejectionOf(signal) })
    await start({ lock, limits: { warmUp: '2s' } })
    await vi.advanceTimersByTimeAsync(2_500)
    await leave()

    expect(said).toEqual(['acquire catalog', 'leave catalog'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('lets go of the lease before the service has left, and says so when the load does not let it', async () => {
    plan = [stopsLate]
    const one = fakeLock()
    await start({ lock: one.lock })
    const clean = await leave()
    expect(one.said).toEqual(['acquire catalog', 'release', 'leave catalog'])
    expect(clean.steps).toMatchObject([{ step: 'close', name: 'catalog', outcome: 'done' }])

    plan = [() => new Promise(() => {})]
    const two = fakeLock()
    await start({ lock: two.lock, limits: { close: '2s' } })
    const cut = await leave()

    expect(two.said).toEqual(['acquire catalog'])
    expect(cut.steps).toMatchObject([
      {
        step: 'close',
        outcome: 'overran',
        error: expect.stringContaining('the lease of its lock is kept until it is over'),
      },
    ])
  })

  test('has loaded even when the lease cannot be given back', async () => {
    const { lock } = fakeLock({ release: refuse })
    const catalog = await start({ lock })
    await vi.advanceTimersByTimeAsync(0)

    expect(catalog.get()).toBe(1)
    expect(warnings()).toEqual(['the lock "catalog" could not be released; it ends with its lease'])
  })

  test('leaves nothing behind when the service leaves while it waits, or loads', async () => {
    plan = [untilAborted]
    const { lock, said } = fakeLock()
    await start({ lock })
    await leave()

    expect(said).toEqual(['acquire catalog', 'release', 'leave catalog'])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('warmed again', () => {
  /** A cache without a lifecycle around it, loaded once. */
  async function loaded(): Promise<{
    readonly catalog: Cache<'catalog', number>
    again(...recovered: string[]): Promise<void>
    giveUp(reason: Error): void
  }> {
    plan = [later(0, 1)]
    await start({ refresh: '1h' })
    loads = []
    const controller = new AbortController()
    const { signal } = controller
    const { logger } = createRecordingLogger()
    const catalog = cache('catalog', {
      refresh: '5s',
      load: (context) => {
        loads.push({ at: now(), context })
        return (plan.shift() ?? later(0, 9))(context)
      },
    })
    const warmUp = (recovered?: string[]): Promise<void> | undefined =>
      catalog.warmUp?.({
        signal,
        remaining: () => 10_000,
        logger,
        progress() {},
        connectToSelf: () => Promise.reject(new Error('there is no server')),
        recovered,
      })
    plan = [later(0, 1)]
    const first = warmUp()
    await vi.advanceTimersByTimeAsync(0)
    await first
    return { catalog, again: async (...recovered) => warmUp(recovered), giveUp: (reason) => controller.abort(reason) }
  }

  test('it takes the place of a refresh in flight, which is aborted and waited for', async () => {
    const { catalog, again } = await loaded()
    plan = [untilAborted, later(100, 3)]
    await vi.advanceTimersByTimeAsync(5_000)
    const warming = again('db')
    await vi.advanceTimersByTimeAsync(100)
    await warming

    expect(loads.map(({ context }) => context.signal.aborted)).toEqual([false, true, false])
    expect(catalog.get()).toBe(3)
    expect(catalog.check?.({} as never)).toMatchObject({ status: 'pass' })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(loads).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(1)
    expect(loads).toHaveLength(4)
    await vi.advanceTimersByTimeAsync(100)
    await catalog.close?.({ signal: new AbortController().signal } as never)
  })

  test('it waits for what stops late, and none of this is a failure', async () => {
    const { catalog, again } = await loaded()
    plan = [stopsLate, later(100, 3)]
    await vi.advanceTimersByTimeAsync(5_000)
    const warming = again('db')
    await vi.advanceTimersByTimeAsync(399)
    expect(loads).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(50)
    expect(loads).toHaveLength(3)
    expect(catalog.check?.({} as never)).toMatchObject({ status: 'pass' })
    await vi.advanceTimersByTimeAsync(100)
    await warming
    await catalog.close?.({ signal: new AbortController().signal } as never)
  })

  test('it is no failure to be given up, and the refresh goes on from there', async () => {
    const { catalog, again, giveUp } = await loaded()
    plan = [untilAborted]
    const warming = again('db')
    giveUp(new Error('db has failed again'))
    await expect(warming).rejects.toThrow('db has failed again')
    expect(catalog.check?.({} as never)).toMatchObject({ status: 'pass' })
    await vi.advanceTimersByTimeAsync(5_100)

    expect(loads).toHaveLength(3)
    expect(catalog.get()).toBe(9)
    await catalog.close?.({ signal: new AbortController().signal } as never)
  })

  test('it loads nothing when nothing but itself has recovered, which a load has brought about', async () => {
    const { catalog, again } = await loaded()
    await again('catalog')
    expect(loads).toHaveLength(1)
    plan = [later(0, 2)]
    const warming = again('catalog', 'db')
    await vi.advanceTimersByTimeAsync(0)
    await warming

    expect(loads).toHaveLength(2)
    await catalog.close?.({ signal: new AbortController().signal } as never)
  })
})

interface FakeLock {
  readonly lock: Lock
  readonly said: string[]
  lose(): void
}

function fakeLock({
  acquire = async () => {},
  release = async () => {},
}: {
  readonly acquire?: (context: LockContext) => Promise<void>
  readonly release?: () => Promise<void>
} = {}): FakeLock {
  const said: string[] = []
  let lost = new AbortController()
  return {
    said,
    lose: () => lost.abort(),
    lock: {
      async acquire(name, context) {
        said.push(`acquire ${name}`)
        await acquire(context)
        lost = new AbortController()
        return {
          lost: lost.signal,
          async release() {
            said.push('release')
            await release()
          },
        }
      },
      async leave(name) {
        said.push(`leave ${name}`)
      },
    },
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
