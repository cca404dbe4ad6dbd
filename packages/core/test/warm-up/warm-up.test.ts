import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { LifecycleError, createLifecycle } from '../../src/index.ts'
import type { Dependency, DrainRecord, Lifecycle, LifecycleEvents, LifecycleOptions } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

let lifecycle: Lifecycle
let events: LifecycleEvents['warmup'][]

function start(dependencies: readonly Dependency[], options: LifecycleOptions = {}): void {
  lifecycle = createLifecycle({
    dependencies,
    shutdown: { linger: false, signals: false, exit: false },
    logger: false,
    ...options,
  })
  events = []
  lifecycle.on('warmup', (event) => events.push(event))
  void lifecycle.start()
}

const told = (): string[] =>
  events.map(({ dependency, state, attempt, progress }) =>
    [dependency, state, attempt, progress].filter(Boolean).join(' '),
  )

/** A dependency whose first `times` attempts fail. */
function failing(name: string, times: number, rest: Partial<Dependency> = {}): Dependency {
  let attempts = 0
  return {
    name,
    async warmUp() {
      if (attempts++ < times) throw new Error(`${name} is not there, postgres://app:hunter2@db/app`)
    },
    ...rest,
  }
}

const forEver = (): Promise<void> => new Promise(() => {})

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})

afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await lifecycle.shutdown()
})

test('warms in dependency order, in parallel where the graph allows', async () => {
  const open = new Map<string, () => void>()
  const held = (name: string, ...dependsOn: string[]): Dependency => ({
    name,
    dependsOn,
    warmUp: () => new Promise((resolve) => open.set(name, resolve)),
  })
  start([held('catalog', 'db', 'redis'), held('db'), held('redis'), held('page', 'catalog')])

  expect([...open.keys()]).toEqual(['db', 'redis'])
  open.get('db')?.()
  await vi.advanceTimersByTimeAsync(0)
  expect([...open.keys()]).toEqual(['db', 'redis'])
  open.get('redis')?.()
  await vi.advanceTimersByTimeAsync(0)
  expect([...open.keys()]).toEqual(['db', 'redis', 'catalog'])
  open.get('catalog')?.()
  await vi.advanceTimersByTimeAsync(0)
  open.get('page')?.()
  await lifecycle.whenReady()
})

test('a failed attempt is tried again after a growing pause, and the report says why meanwhile', async () => {
  start([failing('db', 3)], { warmUp: { retry: { initial: 100, max: 250 } } })

  await vi.advanceTimersByTimeAsync(0)
  expect(lifecycle.report().warmUp.pending['db']).toMatchObject({
    attempt: 1,
    error: expect.stringContaining('not there') as string,
  })
  expect(JSON.stringify(lifecycle.report())).not.toContain('hunter2')
  expect(lifecycle.report().dependencies['db']).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('not there') as string,
  })

  // Half of 100 ms, of 200 ms, and of the 250 ms that it stops growing at.
  for (const pause of [50, 100, 125]) {
    const before = events.length
    await vi.advanceTimersByTimeAsync(pause - 1)
    expect(events).toHaveLength(before)
    await vi.advanceTimersByTimeAsync(1)
    expect(events).toHaveLength(before + 2)
  }

  expect(lifecycle.phase).toBe('ready')
  expect(told()).toEqual([
    'db started 1',
    'db failed 1',
    'db started 2',
    'db failed 2',
    'db started 3',
    'db failed 3',
    'db started 4',
    'db done 4',
  ])
})

test('the pause is random below its limit, so that a fleet does not return as one', async () => {
  vi.mocked(Math.random).mockReturnValue(0)
  start([failing('db', 1)])

  await vi.advanceTimersByTimeAsync(1)

  expect(lifecycle.phase).toBe('ready')
})

test('an attempt that hangs is given up at its limit and tried again', async () => {
  const reasons: unknown[] = []
  let attempts = 0
  start(
    [
      {
        name: 'db',
        limits: { warmUp: '2s' },
        warmUp({ signal, remaining }) {
          expect(remaining()).toBe(2_000)
          signal.addEventListener('abort', () => reasons.push(signal.reason))
          return attempts++ === 0 ? forEver() : Promise.resolve()
        },
      },
    ],
    { warmUp: { retry: { initial: 100 } } },
  )

  await vi.advanceTimersByTimeAsync(1_999)
  expect(reasons).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(reasons).toMatchObject([{ code: 'TIDEGATE_TIMEOUT' }])
  expect(events.at(-1)).toMatchObject({ state: 'failed', error: expect.stringContaining('limits.warmUp') as string })
  await vi.advanceTimersByTimeAsync(100)
  expect(lifecycle.phase).toBe('ready')
})

test.each([
  ['of ours is why the attempt has failed', new LifecycleError('TIDEGATE_WARM_UP', 'the index is locked'), 'is locked'],
  ['of a driver is no news', new Error('canceling statement due to user request'), 'took longer than 2s'],
])('what it says at its limit when that is an error %s', async (_, said, expected) => {
  const warmUp: Dependency['warmUp'] = ({ signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(said)))
  start([{ name: 'db', limits: { warmUp: '2s' }, warmUp }])
  await vi.advanceTimersByTimeAsync(2_000)

  expect(events.at(-1)).toMatchObject({ state: 'failed', error: expect.stringContaining(expected) as string })
})

test('progress is in the report and the events; a late word of a given-up attempt is not', async () => {
  const says: (() => void)[] = []
  start(
    [
      {
        name: 'db',
        limits: { warmUp: '1s' },
        warmUp({ progress }) {
          progress(3, 10, 'connections')
          says.push(() => progress(9, 10, 'connections'))
          return forEver()
        },
      },
    ],
    { warmUp: { retry: { initial: 100 } } },
  )
  expect(lifecycle.report().warmUp.pending['db']).toEqual({
    attempt: 1,
    progress: '3/10 connections',
    done: 3,
    total: 10,
    unit: 'connections',
  })

  await vi.advanceTimersByTimeAsync(1_100)
  says[0]?.()
  expect(lifecycle.report().warmUp.pending['db']).toMatchObject({ attempt: 2, progress: '3/10 connections' })
  says[1]?.()
  expect(lifecycle.report().warmUp.pending['db']).toMatchObject({ progress: '9/10 connections' })
})

test('what an event tells of is in the report already', async () => {
  const seen: unknown[] = []
  start([failing('db', 1)])
  lifecycle.on('warmup', ({ state }) => seen.push([state, lifecycle.report().warmUp.pending['db']?.attempt]))
  await vi.advanceTimersByTimeAsync(50)

  expect(seen).toEqual([
    ['failed', 1],
    ['started', 2],
    ['done', undefined],
  ])
})

test('a non-critical dependency holds ready back for its first attempt only', async () => {
  start([
    failing('redis', 2, { critical: false }),
    { name: 'behind', critical: false, dependsOn: ['redis'], warmUp: async () => {} },
    { name: 'db' },
  ])
  expect(lifecycle.phase).toBe('warming')

  await vi.advanceTimersByTimeAsync(0)
  expect(lifecycle.phase).toBe('ready')
  expect(lifecycle.report()).toMatchObject({ status: 'warn', warmUp: { completed: true } })
  expect(lifecycle.report().dependencies['behind']?.rootCause).toBe('redis')

  await vi.advanceTimersByTimeAsync(300)
  expect(lifecycle.report()).toMatchObject({ status: 'pass', warmUp: { pending: {} } })
})

test("onFailure 'exit' shuts down with exit code 1 and closes what was begun", async () => {
  const closed: string[] = []
  const closing = (name: string): Partial<Dependency> => ({
    async close() {
      closed.push(name)
    },
  })
  start(
    [
      failing('db', 1, closing('db')),
      { name: 'redis', critical: false, ...closing('redis') },
      { name: 'catalog', dependsOn: ['db'], ...closing('catalog') },
    ],
    { warmUp: { onFailure: 'exit' } },
  )
  vi.useRealTimers()

  await expect(lifecycle.whenReady()).rejects.toMatchObject({ code: 'TIDEGATE_WARM_UP' })
  const record = await lifecycle.shutdown()

  expect(record).toMatchObject({ exitCode: 1, reason: expect.stringContaining('the warm-up of db failed') as string })
  expect(record.reason).not.toContain('hunter2')
  expect(closed.toSorted()).toEqual(['db', 'redis'])
})

test('a shutdown aborts the attempt in flight and its pauses, and nothing is tried again', async () => {
  let aborted: unknown
  start([
    {
      name: 'db',
      warmUp: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted = signal.reason
            reject(signal.reason as Error)
          })
        }),
    },
    failing('redis', 9, { critical: false }),
  ])
  await vi.advanceTimersByTimeAsync(0)
  vi.useRealTimers()
  const attempts = events.length

  await lifecycle.shutdown()

  expect(aborted).toMatchObject({ code: 'TIDEGATE_WARM_UP' })
  expect(events).toHaveLength(attempts)
})

test('progress is also told in parts, with the time left at the rate of this attempt', async () => {
  let say: (done: number) => void = () => {}
  start([
    {
      name: 'db',
      warmUp({ progress }) {
        say = (done) => progress(done, 10, 'connections')
        return forEver()
      },
    },
  ])
  const pending = () => lifecycle.report().warmUp.pending['db']

  await vi.advanceTimersByTimeAsync(1_000)
  say(0)
  expect(pending()).toEqual({ attempt: 1, progress: '0/10 connections', done: 0, total: 10, unit: 'connections' })
  say(2)
  expect(pending()).toMatchObject({ progress: '2/10 connections', done: 2, remainingMs: 4_000 })
  expect(events.at(-1)).toEqual({
    dependency: 'db',
    state: 'progress',
    attempt: 1,
    progress: '2/10 connections',
    done: 2,
    total: 10,
    unit: 'connections',
    remainingMs: 4_000,
  })
  const report = lifecycle.report()
  await vi.advanceTimersByTimeAsync(1_000)
  // It is not made anew for whoever asks.
  expect(lifecycle.report()).toBe(report)
  say(10)
  expect(pending()).toMatchObject({ remainingMs: 0 })
})

test('what is no number has no parts, and a failed attempt leaves no estimate', async () => {
  let attempts = 0
  start(
    [
      {
        name: 'db',
        async warmUp({ progress }) {
          progress(Number.NaN, 10)
          expect(lifecycle.report().warmUp.pending['db']).toEqual({ attempt: 1, progress: 'NaN/10' })
          await new Promise((resolve) => setTimeout(resolve, 100))
          progress(1, 2)
          if (attempts++ === 0) throw new Error('lost')
        },
      },
    ],
    { warmUp: { retry: { initial: 1_000 } } },
  )
  await vi.advanceTimersByTimeAsync(150)
  expect(lifecycle.report().warmUp.pending['db']).toEqual({
    attempt: 1,
    progress: '1/2',
    done: 1,
    total: 2,
    error: 'lost',
  })
})

test('the whole has an estimate as soon as every dependency has that it waits for', async () => {
  const say = new Map<string, (done: number) => void>()
  const telling = (name: string, more: Partial<Dependency> = {}): Dependency => ({
    ...more,
    name,
    warmUp({ progress }) {
      say.set(name, (done) => progress(done, 10))
      return forEver()
    },
  })
  start([
    telling('db'),
    telling('redis'),
    { name: 'checked', dependsOn: ['db'] },
    telling('extra', { critical: false, dependsOn: ['lost'] }),
    failing('lost', 99, { critical: false }),
  ])
  await vi.advanceTimersByTimeAsync(1_000)
  say.get('db')?.(5)
  expect(lifecycle.report().warmUp).toMatchObject({ warm: 0, total: 5 })
  expect(lifecycle.report().warmUp).not.toHaveProperty('remainingMs')
  say.get('redis')?.(2)
  expect(lifecycle.report().warmUp).toMatchObject({ remainingMs: 4_000 })
})

describe('when the service is not ready within the limit of the whole', () => {
  async function stopped(): Promise<DrainRecord> {
    const record = lifecycle.shutdown()
    await vi.advanceTimersByTimeAsync(5_000)
    return record
  }

  const chain = (): Dependency[] => [
    { name: 'db', warmUp: () => new Promise((resolve) => setTimeout(resolve, 600)) },
    {
      name: 'catalog',
      dependsOn: ['db'],
      warmUp({ progress }) {
        setTimeout(() => progress(3, 10, 'pages'), 300)
        return forEver()
      },
    },
    { name: 'orders', dependsOn: ['catalog'], warmUp: forEver },
  ]

  test("'exit' shuts down with code 1 and says what is missing, and how far it has come", async () => {
    start(chain(), { warmUp: { timeout: '1s', onFailure: 'exit' } })
    await vi.advanceTimersByTimeAsync(1_001)
    expect(await stopped()).toMatchObject({
      exitCode: 1,
      reason: 'not ready within 1s: catalog (3/10 pages, about 1 s left); orders (waits for catalog)',
    })
  })

  test("'wait' says the same in the log, each time it has passed, and goes on", async () => {
    const { logger, lines } = createRecordingLogger()
    start(chain(), { warmUp: { timeout: '1s' }, logger })
    const warnings = (): string[] =>
      lines.filter(({ message }) => message.startsWith('not ready')).map(({ message }) => message)
    await vi.advanceTimersByTimeAsync(1_001)
    expect(warnings()).toEqual([
      'not ready for another 1s: catalog (3/10 pages, about 1 s left); orders (waits for catalog)',
    ])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(warnings()).toHaveLength(2)
    expect(lifecycle.phase).toBe('warming')
    await stopped()
    expect(warnings()).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('names a critical check that fails when everything is warm', async () => {
    const { logger, lines } = createRecordingLogger()
    const check = (): never => {
      throw new Error('connection refused')
    }
    start([{ name: 'db', check }], { warmUp: { timeout: '1s' }, logger })
    await vi.advanceTimersByTimeAsync(1_001)
    expect(lines.map(({ message }) => message)).toContain(
      'not ready for another 1s: db (its check fails: connection refused)',
    )
    await stopped()
  })

  test('a longer limits.warmUp of a critical dependency is the limit of the whole', async () => {
    start([{ name: 'db', warmUp: forEver, limits: { warmUp: '3s' } }], { warmUp: { timeout: '1s', onFailure: 'exit' } })
    await vi.advanceTimersByTimeAsync(2_900)
    expect(lifecycle.phase).toBe('warming')
    await vi.advanceTimersByTimeAsync(200)
    expect((await stopped()).reason).toContain('the warm-up of db failed')
  })
})

test('each quarter is told in the log once, and everything for those who debug', async () => {
  const { logger, lines } = createRecordingLogger()
  start(
    [
      {
        name: 'db',
        async warmUp({ progress }) {
          for (let done = 1; done <= 8; done++) progress(done, 8)
        },
      },
    ],
    { logger },
  )
  await lifecycle.whenReady()
  const progress = lines.filter(({ message }) => message.startsWith('warm-up of db progress'))
  expect(progress).toHaveLength(8)
  expect(progress.filter(({ level }) => level === 'info').map(({ message }) => message)).toEqual([
    'warm-up of db progress 2/8',
    'warm-up of db progress 4/8',
    'warm-up of db progress 6/8',
    'warm-up of db progress 8/8',
  ])
})
