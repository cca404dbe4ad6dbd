import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { DrainRecord, Lifecycle, LifecycleOptions, StageContext } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const SHUTDOWN = { signals: false, lameDuck: false, linger: false, close: '1200ms' } as const

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function ready(options: LifecycleOptions): Promise<Lifecycle> {
  const lifecycle = createLifecycle({ shutdown: SHUTDOWN, logger: false, ...options })
  await lifecycle.start()
  await vi.advanceTimersByTimeAsync(0)
  await lifecycle.whenReady()
  return lifecycle
}

async function shutDown(lifecycle: Lifecycle): Promise<DrainRecord> {
  const stopped = lifecycle.shutdown()
  await vi.advanceTimersByTimeAsync(60_000)
  return stopped
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

const hang = (): Promise<void> => new Promise(() => {})

test('drains everything at once, then closes dependents first, between the hooks', async () => {
  const order: string[] = []
  const step = (name: string, ms: number) => async (): Promise<void> => {
    order.push(`${name} begins`)
    await wait(ms)
    order.push(`${name} ends`)
  }
  const lifecycle = await ready({
    dependencies: [
      { name: 'db', close: step('db', 10) },
      { name: 'queue', dependsOn: ['db'], drain: step('queue drain', 20), close: step('queue', 10) },
      { name: 'cache', dependsOn: ['db'], close: step('cache', 30) },
    ],
  })
  lifecycle.addHook('close', step('close hook', 10))
  lifecycle.addHook('drained', step('drained hook', 10))
  lifecycle.addHook('drain', step('drain hook', 10))
  lifecycle.addHook('close', step('a removed one', 10))()

  const { steps, exitCode } = await shutDown(lifecycle)

  expect(order).toEqual([
    'queue drain begins',
    'drain hook begins',
    'drain hook ends',
    'queue drain ends',
    'drained hook begins',
    'drained hook ends',
    'cache begins',
    'queue begins',
    'queue ends',
    'cache ends',
    'db begins',
    'db ends',
    'close hook begins',
    'close hook ends',
  ])
  expect(steps.map(({ step: kind, name, durationMs }) => `${kind} ${name} ${durationMs}`)).toEqual([
    'drain drain hook 1 10',
    'drain queue 20',
    'drained drained hook 1 10',
    'close queue 10',
    'close cache 30',
    'close db 10',
    'close close hook 1 10',
  ])
  expect(exitCode).toBe(0)
})

test('a close that hangs leaves the close hooks their share of the time', async () => {
  const lifecycle = await ready({ dependencies: [{ name: 'db', close: hang }] })
  let left: number | undefined
  lifecycle.addHook('close', async function flushMetrics({ remaining }) {
    left = remaining()
    await wait(500)
  })

  const { steps } = await shutDown(lifecycle)

  expect(left).toBeCloseTo(600, -1)
  expect(steps).toMatchObject([
    { step: 'close', name: 'db', outcome: 'overran' },
    { step: 'close', name: 'flushMetrics', outcome: 'done' },
  ])
})

test('when everything hangs, hooks and every level of dependencies get even shares, and it ends in time', async () => {
  const shares: Record<string, number> = {}
  const hanging =
    (name: string) =>
    ({ remaining }: StageContext): Promise<void> => {
      shares[name] = remaining()
      return hang()
    }
  const lifecycle = await ready({
    dependencies: [
      { name: 'db', close: hanging('db') },
      { name: 'queue', dependsOn: ['db'], close: hanging('queue') },
    ],
  })
  lifecycle.addHook('drained', hanging('drained hook'))
  lifecycle.addHook('close', hanging('close hook'))

  const { close, steps, exitCode } = await shutDown(lifecycle)

  expect(Object.keys(shares)).toEqual(['drained hook', 'queue', 'db', 'close hook'])
  for (const share of Object.values(shares)) expect(share).toBeCloseTo(300, -1)
  expect(steps.map(({ outcome }) => outcome)).toEqual(['overran', 'overran', 'overran', 'overran'])
  expect(close.plannedMs).toBe(1_200)
  expect(close.usedMs).toBeLessThanOrEqual(1_210)
  expect(exitCode).toBe(1)
})

test('a dependency gets all of the time when nothing comes after it', async () => {
  let left: number | undefined
  const lifecycle = await ready({
    dependencies: [
      {
        name: 'db',
        async close({ remaining }) {
          left = remaining()
        },
      },
    ],
  })

  await shutDown(lifecycle)

  expect(left).toBeCloseTo(1_200, -1)
})

test('remaining() counts down, and the signal aborts when nothing is left', async () => {
  const seen: unknown[] = []
  const lifecycle = await ready({
    dependencies: [
      {
        name: 'db',
        limits: { close: '400ms' },
        async close({ signal, remaining }) {
          seen.push(remaining())
          await wait(150)
          seen.push(remaining(), signal.aborted)
          await wait(300)
          seen.push(remaining(), signal.reason)
        },
      },
    ],
  })

  await shutDown(lifecycle)

  expect(seen).toEqual([400, 250, false, 0, expect.objectContaining({ code: 'TIDEGATE_TIMEOUT' })])
})

test('what was never begun is neither drained nor closed', async () => {
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'db', drain: hang, close: hang }],
    shutdown: SHUTDOWN,
    logger: false,
  })

  expect(await shutDown(lifecycle)).toMatchObject({ steps: [], exitCode: 0 })
  expect(lifecycle.phase).toBe('stopped')
})

test('a step that awaits the shutdown, and so itself, is named with what to do', async () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = await ready({ logger, dependencies: [{ name: 'db', close: async () => void (await stop()) }] })
  const stop = async (): Promise<DrainRecord> => {
    await wait(1)
    return lifecycle.shutdown()
  }
  lifecycle.addHook('drained', async function sayGoodbye() {
    await stop()
  })

  const { steps } = await shutDown(lifecycle)

  expect(steps.map(({ outcome }) => outcome)).toEqual(['overran', 'overran'])
  const said = lines.filter(({ message }) => message.includes('shutdown()'))
  expect(said.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    expect.stringMatching(/^warn: shutdown\(\) was called by drained of sayGoodbye, .* do not await/),
    expect.stringMatching(/^error: drained of sayGoodbye overran: it has called lifecycle\.shutdown\(\), which waits/),
    expect.stringMatching(/^warn: shutdown\(\) was called by close of db, /),
    expect.stringMatching(/^error: close of db overran: /),
  ])
})

test('whoever else awaits the shutdown is not named', async () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = await ready({ logger })
  let later: Promise<DrainRecord> | undefined
  lifecycle.addHook('drained', async () => {
    // Of a step that is over by then.
    later = wait(50).then(async () => lifecycle.shutdown())
  })
  lifecycle.addHook('close', async () => wait(100))
  const also = wait(10).then(async () => lifecycle.shutdown())

  const record = await shutDown(lifecycle)

  expect(await Promise.all([also, later])).toEqual([record, record])
  expect(lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
})

test('a drained hook without a limit comes first, and takes nothing from what is closed after it', async () => {
  const order: string[] = []
  const lifecycle = await ready({
    dependencies: [{ name: 'db', close: async ({ remaining }) => void order.push(`db, ${remaining()} ms left`) }],
  })
  lifecycle.addHook('drained', async () => void order.push('another one'))
  const patient = async function lastOrders({ remaining }: StageContext): Promise<void> {
    order.push(`lastOrders, ${remaining()} ms left`)
    await wait(50_000)
    order.push('lastOrders ends')
  }
  lifecycle.addHook('drained', patient, { limit: false })

  const { steps, close, exitCode } = await shutDown(lifecycle)

  expect(order).toEqual(['lastOrders, Infinity ms left', 'lastOrders ends', 'another one', 'db, 1200 ms left'])
  expect(steps[0]).toMatchObject({ name: 'lastOrders', plannedMs: Infinity, durationMs: 50_000, outcome: 'done' })
  expect([close, exitCode]).toEqual([{ plannedMs: 1_200, usedMs: 0 }, 0])
})
