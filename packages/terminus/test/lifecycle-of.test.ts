import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import { createLifecycle } from '@tidegate/core'
import type { DrainRecord, Logger } from '@tidegate/core'
import { expect, it, vi } from 'vitest'

import { createTerminus, lifecycleOf } from '../src/index.ts'
import type { TerminusOptions, TidegateOptions } from '../src/index.ts'
import { createDeferred } from './support/deferred.ts'
import { HARMLESS, serve, untilEnd } from './support/serve.ts'

it('there is a lifecycle behind the server, which is ready as soon as its port is open', async () => {
  const { server } = await serve()
  const lifecycle = lifecycleOf(server)
  await lifecycle.whenReady()
  expect(lifecycle.ready).toBe(true)
})

it('lifecycleOf refuses what createTerminus was not given', () => {
  expect(() => lifecycleOf({})).toThrow('lifecycleOf(server) knows of no lifecycle behind this')
  expect(() => lifecycleOf(undefined as never)).toThrow('lifecycleOf(server) knows of no lifecycle behind this')
})

it('takes no path of the application unless it is told to', async () => {
  const plain = await serve()
  for (const path of ['/livez', '/readyz', '/startupz', '/healthz']) expect((await plain.ask(path)).body).toBe('app')
  const { server, ask } = await serve({ options: { tidegate: { lifecycle: { probes: {} } } } })
  await lifecycleOf(server).whenReady()
  expect(await ask('/readyz')).toMatchObject({ status: 200 })
})

it('is not ready from the signal on', async () => {
  const heard = createDeferred()
  const tidegate = { lifecycle: { probes: {} } }
  const { server, ask, signal } = await serve({
    options: { signal: HARMLESS, beforeShutdown: () => heard.promise, tidegate },
  })
  await lifecycleOf(server).whenReady()
  signal()
  expect((await ask('/readyz')).status).toBe(503)
  expect((await ask('/livez')).status).toBe(200)
  const end = untilEnd()
  heard.resolve()
  await end
})

it('runs onSignal and onShutdown, then what hooks and dependencies have to close, in this order', async () => {
  const run = async (options: TerminusOptions): Promise<string[]> => {
    const calls: string[] = []
    const note = (what: string) => async (): Promise<void> => void calls.push(what)
    const { server, signal } = await serve({
      options: { signal: HARMLESS, onSignal: note('onSignal'), onShutdown: note('onShutdown'), ...options },
    })
    const lifecycle = lifecycleOf(server)
    lifecycle.addHook('drained', note('drained hook'))
    lifecycle.addHook('close', note('close hook'))
    await lifecycle.whenReady()
    const end = untilEnd()
    signal()
    await end
    return calls
  }
  const order = ['onSignal', 'onShutdown', 'drained hook', 'close hook']
  expect(await run({})).toEqual(order)
  expect(await run({ tidegate: { lifecycle: {} } })).toEqual(order)
})

it.each(['by the option', 'by the environment'])(
  'closes no dependency under a running hook, however short the gracePeriod given %s is',
  async (how) => {
    const calls: string[] = []
    const close = async (): Promise<void> => void calls.push('close')
    const dependencies = [{ name: 'pool', warmUp: async () => {}, close }]
    if (how === 'by the environment') vi.stubEnv('TIDEGATE_GRACE_PERIOD', '1s')
    const shutdown = how === 'by the option' ? { gracePeriod: '1s' as const } : {}
    const { server, signal } = await serve({
      options: {
        signal: HARMLESS,
        timeout: 100,
        async onSignal() {
          await pause(1_500)
          calls.push('onSignal')
        },
        onShutdown: async () => void calls.push('onShutdown'),
        tidegate: { lifecycle: { dependencies, shutdown } },
      },
    })
    vi.unstubAllEnvs()
    await lifecycleOf(server).whenReady()
    const end = untilEnd()
    signal()
    await end
    expect(calls).toEqual(['onSignal', 'onShutdown', 'close'])
  },
)

it('gives the dependencies 5 s to close, as long as nothing is said of that', async () => {
  const close = async (): Promise<void> => {}
  const lifecycle = { dependencies: [{ name: 'pool', warmUp: async () => {}, close }] }
  const { server, signal } = await serve({
    options: { signal: HARMLESS, onSignal: async () => pause(300), tidegate: { lifecycle } },
  })
  await lifecycleOf(server).whenReady()
  const stopped = new Promise<DrainRecord>((resolve) => lifecycleOf(server).on('stopped', resolve))
  const end = untilEnd()
  signal()
  const { steps } = await stopped
  await end
  const plannedMs = steps.find(({ name }) => name === 'pool')?.plannedMs
  expect(plannedMs).toBeGreaterThan(4_000)
  expect(plannedMs).toBeLessThanOrEqual(5_000)
})

it('answers health checks while it warms up, also where other requests are refused', async () => {
  const warmUp = createDeferred()
  const lifecycle: TidegateOptions['lifecycle'] = {
    dependencies: [{ name: 'slow', warmUp: () => warmUp.promise }],
    warmUp: { whileWarming: 'reject' },
  }
  const { server, ask } = await serve({
    options: { healthChecks: { '/live': async () => {} }, tidegate: { lifecycle } },
  })
  expect([(await ask('/live')).status, (await ask('/')).status]).toEqual([200, 503])
  warmUp.resolve()
  await lifecycleOf(server).whenReady()
  expect((await ask('/')).body).toBe('app')
})

it('serves while it warms up, as long as nothing is said of that', async () => {
  const lifecycle = { dependencies: [{ name: 'endless', warmUp: () => new Promise<never>(() => {}) }] }
  const { ask } = await serve({ options: { tidegate: { lifecycle } } })
  expect((await ask('/')).body).toBe('app')
})

it('has a gracePeriod when it is told one, also by the environment', async () => {
  const tidegate: TidegateOptions = { lifecycle: { shutdown: { gracePeriod: '3s' } } }
  expect(() => createTerminus(createServer(), { timeout: 5_000, tidegate })).toThrow('do not fit')
  for (const [name, value] of [
    ['TIDEGATE_GRACE_PERIOD', '30s'],
    ['TIDEGATE_LAME_DUCK', '10s'],
  ] as const) {
    vi.stubEnv(name, value)
    const { signal } = await serve({ options: { signal: HARMLESS, timeout: 100 } })
    vi.unstubAllEnvs()
    const end = untilEnd()
    signal()
    await end
  }
})

it('names the timeout, and the environment, where they do not fit together', () => {
  vi.stubEnv('TIDEGATE_GRACE_PERIOD', '5s')
  const create = (): unknown => createTerminus(createServer(), { timeout: 20_000 })
  expect(create).toThrow('which is gracePeriod 5s (TIDEGATE_GRACE_PERIOD)')
  expect(create).toThrow(/requests is the timeout of createTerminus, 20000 ms; longLived and linger follow from it$/)
  vi.unstubAllEnvs()
})

it('tells the logger what the lifecycle warns of, unless that has a logger of its own', async () => {
  const dependencies = [{ name: 'pool', warmUp: async () => Promise.reject(new Error('no such database')) }]
  const heard = async (logger?: Logger): Promise<unknown[]> => {
    const told: unknown[] = []
    const failed = createDeferred()
    const { server } = await serve({
      options: {
        logger: (text, error) => void told.push([text, error instanceof Error, error.message]),
        tidegate: { lifecycle: { dependencies, ...(logger !== undefined && { logger }) } },
      },
    })
    lifecycleOf(server).on('warmup', ({ state }) => state === 'failed' && failed.resolve())
    await failed.promise
    return told
  }
  expect(await heard()).toContainEqual(['warm-up of pool failed no such database', true, 'no such database'])
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  expect(await heard(logger)).toEqual([])
  expect(logger.warn).toHaveBeenCalled()
})

it('checkTimeout: a check that hangs fails', async () => {
  const told: unknown[] = []
  const { ask } = await serve({
    options: {
      healthChecks: { '/health': () => new Promise(() => {}) },
      logger: (text, error) => void told.push([text, error.message]),
      tidegate: { checkTimeout: '50ms' },
    },
  })
  expect(await ask('/health')).toMatchObject({ status: 503, body: '{"status":"error"}' })
  expect(told).toEqual([['healthcheck failed', 'the health check of /health took longer than 50 ms']])
})

it('names every fault of what it was told at once', () => {
  const tidegate = {
    hooktimeout: '1s',
    checkTimeout: 'soon',
    hookTimeout: 0,
    lifecycle: { shutdown: { signals: false, exit: true }, warmUp: { onFailure: 'exit' } },
  } as unknown as TidegateOptions
  expect(() => createTerminus(createServer(), { tidegate })).toThrow(
    `createTerminus was given options that cannot work:
  tidegate.hooktimeout: there is no such option
  tidegate.hookTimeout: must be a duration above zero such as '10s', not 0
  tidegate.checkTimeout: must be a duration above zero such as '10s', not soon
  tidegate.lifecycle.shutdown.signals: leave it out; give signal or signals
  tidegate.lifecycle.shutdown.exit: leave it out; useExit0 says how the process ends
  tidegate.lifecycle.warmUp.onFailure: leave it out; the exit is not the lifecycle's here`,
  )
})

it('is no fault of another lifecycle in the process', async () => {
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  await serve({ options: { signal: HARMLESS } })
  const other = createLifecycle({ logger, shutdown: { signals: [HARMLESS], exit: false } })
  await other.start()
  const ours = process.listeners(HARMLESS).find((listener) => Reflect.has(listener, Symbol.for('tidegate.listener')))
  expect(ours).toBeDefined()
  process.listeners(HARMLESS)[0]?.(HARMLESS)
  await other.shutdown()
  expect(logger.warn).not.toHaveBeenCalled()
})
