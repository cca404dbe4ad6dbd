import { createServer } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import { expect, it, vi } from 'vitest'

import { createTerminus, lifecycleOf } from '../src/index.ts'
import type { TidegateOptions } from '../src/index.ts'
import { createDeferred } from './support/deferred.ts'
import { HARMLESS, serve } from './support/serve.ts'

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
  const options = { beforeShutdown: () => new Promise(() => {}), tidegate: { lifecycle: { probes: {} } } }
  const { server, ask, signal } = await serve({ options })
  await lifecycleOf(server).whenReady()
  signal()
  expect((await ask('/readyz')).status).toBe(503)
  expect((await ask('/livez')).status).toBe(200)
})

it('has dependencies, which are closed after onSignal and onShutdown', async () => {
  const calls: string[] = []
  const closed = createDeferred()
  const close = async (): Promise<void> => {
    calls.push('close')
    closed.resolve()
  }
  const { server, signal } = await serve({
    options: {
      signal: HARMLESS,
      onSignal: async () => void calls.push('onSignal'),
      onShutdown: async () => void calls.push('onShutdown'),
      tidegate: { lifecycle: { dependencies: [{ name: 'pool', warmUp: async () => {}, close }] } },
    },
  })
  await lifecycleOf(server).whenReady()
  signal()
  await closed.promise
  expect(calls).toEqual(['onSignal', 'onShutdown', 'close'])
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
    const { server, signal } = await serve({ options: { signal: HARMLESS, timeout: 100 } })
    vi.unstubAllEnvs()
    const stopped = new Promise((resolve) => lifecycleOf(server).on('stopped', resolve))
    signal()
    await stopped
  }
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
