import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import type { Dependency, Lifecycle, LifecycleOptions } from '@tidegate/core'
import { expect, it, onTestFinished } from 'vitest'

import { HealthCheckError, probeCheck, terminusOptions } from '../src/index.ts'
import type { TerminusOptions } from '../src/index.ts'
import { createDeferred } from './support/deferred.ts'
import { THEIRS } from './support/implementations.ts'
import { connectRaw, requestFor } from './support/raw-client.ts'
import { HARMLESS, listenTo } from './support/serve.ts'
import type { Served } from './support/serve.ts'

const never = (): Promise<never> => new Promise(() => {})

interface Bridged extends Served {
  readonly lifecycle: Lifecycle
}

/** The real @godaddy/terminus in charge of a server, which the lifecycle has as well or has not. */
async function bridge(
  base: TerminusOptions,
  options: LifecycleOptions = {},
  { attached = false, listener = undefined as RequestListener | undefined } = {},
): Promise<Bridged> {
  const { shutdown, ...others } = options
  const lifecycle = createLifecycle({
    logger: false,
    ...others,
    shutdown: { linger: false, ...shutdown, signals: false },
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const server = createServer(listener ?? ((_request, response) => response.end('app')))
  if (attached) lifecycle.attach(server)
  else await lifecycle.start()
  const served = await listenTo(server, THEIRS, terminusOptions(lifecycle, { signal: HARMLESS, ...base }))
  return { ...served, lifecycle }
}

it('gives health checks that answer what the probes answer', async () => {
  const warmUp = createDeferred()
  const { lifecycle, ask } = await bridge({}, { dependencies: [{ name: 'slow', warmUp: () => warmUp.promise }] })
  expect(await ask('/readyz')).toMatchObject({ status: 503, body: lifecycle.probe({ url: '/readyz' })?.body })
  expect(await ask('/livez')).toMatchObject({ status: 200 })
  warmUp.resolve()
  await lifecycle.whenReady()
  const { status, body } = await ask('/readyz')
  const report: unknown = JSON.parse(lifecycle.probe({ url: '/readyz' })?.body ?? '')
  expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok', info: report, details: report }])
})

it.each([true, false])('runs hooks, drain and close in this order, with the server attached: %s', async (attached) => {
  const calls: string[] = []
  const stopped = createDeferred()
  const pool: Dependency = {
    name: 'pool',
    warmUp: async () => {},
    drain: async () => void calls.push('drain of pool'),
    close: async () => void calls.push('close of pool'),
  }
  const { lifecycle, signal } = await bridge(
    {
      beforeShutdown: async () => void calls.push(`beforeShutdown, ready: ${lifecycle.ready}`),
      onSignal: async () => void calls.push(`onSignal, ${lifecycle.phase}`),
      onShutdown: async () => {
        calls.push(`onShutdown, ${lifecycle.phase}`)
        stopped.resolve()
      },
    },
    { dependencies: [pool] },
    { attached },
  )
  await lifecycle.whenReady()
  signal()
  await stopped.promise
  expect(calls).toEqual([
    'beforeShutdown, ready: false',
    'onSignal, ready',
    'drain of pool',
    'close of pool',
    'onShutdown, stopped',
  ])
})

it('leaves what is in flight to @godaddy/terminus, and closes nothing before', async () => {
  const calls: string[] = []
  const asked = createDeferred()
  const goOn = createDeferred()
  const stopped = createDeferred()
  const close = async (): Promise<void> => void calls.push('close of pool')
  const { lifecycle, server, port, signal } = await bridge(
    { timeout: 20_000, onShutdown: async () => stopped.resolve() },
    { dependencies: [{ name: 'pool', warmUp: async () => {}, close }] },
    {
      attached: true,
      listener: (_request, response) => {
        asked.resolve()
        void goOn.promise.then(() => {
          calls.push('answer')
          response.end('slow')
        })
      },
    },
  )
  await lifecycle.whenReady()
  const client = await connectRaw(port)
  client.socket.write(requestFor('/'))
  await asked.promise
  signal()
  while (server.listening) await new Promise((resolve) => setImmediate(resolve))
  goOn.resolve()
  expect(await client.ended).toContain('slow')
  await stopped.promise
  expect(calls).toEqual(['answer', 'close of pool'])
})

it('keeps liveness while leaving; checks of yours fail then, as they do without it', async () => {
  let told = 0
  const { ask, signal } = await bridge({
    beforeShutdown: never,
    healthChecks: { '/mine': async () => {} },
    onSendFailureDuringShutdown: async () => void told++,
  })
  expect((await ask('/mine')).status).toBe(200)
  signal()
  expect([(await ask('/livez')).status, (await ask('/readyz')).status, (await ask('/mine')).status]).toEqual([
    200, 503, 503,
  ])
  expect(told).toBe(1)
})

it('leaves checks of yours alone where sendFailuresDuringShutdown is off', async () => {
  const options = {
    beforeShutdown: never,
    healthChecks: { '/mine': async () => {} },
    sendFailuresDuringShutdown: false,
  }
  const { ask, signal } = await bridge(options)
  signal()
  expect((await ask('/mine')).status).toBe(200)
})

it('lets the process fail when a step has', async () => {
  const lifecycle = createLifecycle({
    logger: false,
    dependencies: [{ name: 'pool', warmUp: async () => {}, close: () => Promise.reject(new Error('stuck')) }],
    shutdown: { signals: false },
  })
  await lifecycle.start()
  await lifecycle.whenReady()
  const { onSignal, onShutdown } = terminusOptions(lifecycle)
  await onSignal?.()
  await expect(onShutdown?.()).rejects.toThrow('the shutdown was not clean: close of pool')
})

it('refuses a lifecycle that handles signals, whichever they are', () => {
  const lifecycle = createLifecycle({ logger: false })
  expect(() => terminusOptions(lifecycle)).toThrow('on SIGTERM and SIGINT, past @godaddy/terminus')
  expect(() => terminusOptions(lifecycle, { signal: 'SIGUSR2' })).toThrow('shutdown: { signals: false }')
})

it.each([
  { probes: { prefix: '/internal' }, answered: ['/internal/livez'], left: ['/livez', '/healthz'] },
  { probes: { paths: { live: '/live', health: false } }, answered: ['/live', '/readyz'], left: ['/livez', '/healthz'] },
] as const)('answers at the paths of the lifecycle alone: $answered', async ({ probes, answered, left }) => {
  const { lifecycle, ask } = await bridge({}, { probes })
  await lifecycle.whenReady()
  for (const path of answered) expect([path, (await ask(path)).status]).toEqual([path, 200])
  for (const path of left) expect([path, (await ask(path)).body]).toEqual([path, 'app'])
})

it('runs onSigterm where there is no onSignal', async () => {
  const lifecycle = createLifecycle({ logger: false, shutdown: { signals: false } })
  const calls: string[] = []
  const onSigterm = async (): Promise<void> => void calls.push(`onSigterm, ${lifecycle.phase}`)
  await terminusOptions(lifecycle, { onSigterm }).onSignal?.()
  expect(calls).toEqual(['onSigterm, idle'])
  expect(lifecycle.phase).toBe('stopped')
})

it('awaits onShutdown', async () => {
  const lifecycle = createLifecycle({ logger: false, shutdown: { signals: false } })
  const { onShutdown } = terminusOptions(lifecycle, { onShutdown: () => Promise.reject(new Error('not over')) })
  await expect(onShutdown?.()).rejects.toThrow('not over')
})

it.each(['beforeShutdown', 'onSignal'] as const)('closes dependencies also when %s fails', async (hook) => {
  const calls: string[] = []
  const close = async (): Promise<void> => void calls.push('close of pool')
  const lifecycle = createLifecycle({
    logger: false,
    dependencies: [{ name: 'pool', warmUp: async () => {}, close }],
    shutdown: { signals: false },
  })
  await lifecycle.start()
  await lifecycle.whenReady()
  const options = terminusOptions(lifecycle, { [hook]: () => Promise.reject(new Error('no hook')) })
  await expect(options[hook]?.()).rejects.toThrow('no hook')
  expect(calls).toEqual(['close of pool'])
})

it('tells the logger of no check that fails because the process is leaving', async () => {
  const told: string[] = []
  const failing = async (): Promise<never> => Promise.reject(new Error('it fails'))
  const { lifecycle, ask, signal } = await bridge({
    beforeShutdown: never,
    healthChecks: { '/mine': failing },
    logger: (_text, error) => void told.push(error.message),
  })
  await lifecycle.whenReady()
  await ask('/mine')
  signal()
  for (const path of ['/mine', '/readyz']) expect([path, (await ask(path)).status]).toEqual([path, 503])
  expect(told).toEqual(['it fails'])
})

it('probeCheck answers for a path of your own, and fails where there is none', async () => {
  const lifecycle = createLifecycle({ logger: false, probes: { prefix: '/internal' } })
  const state = { isShuttingDown: false }
  await expect(probeCheck(lifecycle, '/internal/livez')({ state })).resolves.toMatchObject({ status: 'pass' })
  const failure = await probeCheck(lifecycle, '/internal/readyz')({ state }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(HealthCheckError)
  expect(failure).toMatchObject({ statusCode: 503, statusResponse: { status: 'fail' } })
  await expect(probeCheck(lifecycle, '/readyz')({ state })).rejects.toThrow('has no probe at /readyz')
})
