import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, LifecycleOptions } from '@tidegate/core'
import { createRecordingLogger } from '@tidegate/testing'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { slowStart } from '../src/index.ts'
import type { SlowStartOptions } from '../src/index.ts'

const SECOND = 1_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Service {
  readonly lifecycle: Lifecycle
  readonly server: Server
  readonly url: string
  readonly remove: () => void
  /** What has come to the handler and is not answered yet. */
  readonly waiting: ServerResponse[]
  /** Asks, and resolves as soon as it is refused or has come to the handler. */
  ask(): Promise<number | 'admitted'>
}

async function serve(options: SlowStartOptions, more: LifecycleOptions = {}): Promise<Service> {
  const lifecycle: Lifecycle = createLifecycle<string>({
    slowStart: { window: '10s' },
    shutdown: { signals: false, linger: false },
    logger: false,
    ...more,
  })
  const remove = slowStart(lifecycle, options)
  const waiting: ServerResponse[] = []
  let came = (): void => {}
  const server = await lifecycle.listen(
    (_request, response) => {
      waiting.push(response)
      came()
    },
    0,
    '127.0.0.1',
  )
  onTestFinished(async () => {
    vi.useRealTimers()
    for (const response of waiting) response.end()
    await lifecycle.shutdown()
  })
  await lifecycle.whenReady()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    lifecycle,
    server,
    url,
    remove,
    waiting,
    async ask() {
      const admitted = new Promise<'admitted'>((resolve) => (came = () => resolve('admitted')))
      const answered = fetch(url, { headers: { connection: 'close' } }).then(({ status }) => status)
      answered.catch(() => {})
      return Promise.race([admitted, answered])
    },
  }
}

async function askAll({ ask }: Service, times: number): Promise<(number | 'admitted')[]> {
  const results: (number | 'admitted')[] = []
  for (let time = 0; time < times; time++) results.push(await ask())
  return results
}

describe('while the weight climbs', () => {
  test('its share of concurrency is admitted at once, rounded up', async () => {
    const service = await serve({ concurrency: 5 })
    expect(await askAll(service, 2)).toEqual(['admitted', 503])
    vi.advanceTimersByTime(3 * SECOND)
    expect(await askAll(service, 2)).toEqual(['admitted', 503])
    vi.advanceTimersByTime(6 * SECOND)
    expect(await askAll(service, 4)).toEqual(['admitted', 'admitted', 'admitted', 503])
    vi.advanceTimersByTime(SECOND)
    expect(await askAll(service, 3)).toEqual(['admitted', 'admitted', 'admitted'])
  })

  test('who is refused hears when to come again, and why', async () => {
    const service = await serve({ concurrency: 1, retryAfter: '1.2s' })
    await service.ask()
    const refused = await fetch(service.url)
    expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([
      503,
      '2',
      '{"status":"fail","reason":"slow start"}',
    ])
  })

  test('an answer that is over makes room, and so does a client that leaves', async () => {
    const service = await serve({ concurrency: 1 })
    expect(await service.ask()).toBe('admitted')
    const [first] = service.waiting
    first?.end()
    await once(first as ServerResponse, 'close')
    const { port } = service.server.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(service.server, 'request')
    expect(await service.ask()).toBe(503)
    client.destroy()
    await once(service.waiting[1] as ServerResponse, 'close')
    expect(await service.ask()).toBe('admitted')
  })

  test('what waits in a pipeline when its connection breaks makes room', async () => {
    const service = await serve({ concurrency: 30 })
    const { port } = service.server.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3))
    await vi.waitFor(() => expect(service.waiting).toHaveLength(3), { timeout: 30_000 })
    expect(await service.ask()).toBe(503)
    const closed = once(service.waiting[0]?.req.socket as NodeJS.EventEmitter, 'close')
    client.destroy()
    await closed
    expect(await askAll(service, 4)).toEqual(['admitted', 'admitted', 'admitted', 503])
  })

  test('probes are answered all the same', async () => {
    const service = await serve({ concurrency: 1 })
    await service.ask()
    for (const path of ['/livez', '/readyz', '/healthz']) {
      expect((await fetch(service.url + path)).status).toBe(200)
    }
  })

  test('streams of HTTP/2 are counted as well', async () => {
    const { lifecycle } = await serve({ concurrency: 1 })
    const http2 = createHttp2Server((_request, response) => void response)
    await lifecycle.listen(http2, 0, '127.0.0.1')
    const session = connectHttp2(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`)
    onTestFinished(() => session.destroy())
    const admitted = session.request({ ':path': '/' })
    const [stream] = (await once(http2, 'stream')) as [NodeJS.EventEmitter]
    expect(await text(session.request({ ':path': '/' }))).toContain('slow start')
    const over = once(stream, 'close')
    admitted.close()
    await over
    session.request({ ':path': '/' })
    await once(http2, 'stream')
  })

  test('upgrades are refused when there is no room', async () => {
    const service = await serve({ concurrency: 1 })
    expect(service.lifecycle.probe({ url: '/orders' })).toBeUndefined()
    await service.ask()
    expect(service.lifecycle.probe({ url: '/orders' })?.status).toBe(503)
  })
})

describe('its gate', () => {
  test('is gone once the weight is 1, and back when the instance has recovered', async () => {
    const service = await serve({ concurrency: 1 })
    const added = vi.spyOn(service.lifecycle, 'addGate')
    vi.advanceTimersByTime(10 * SECOND)
    expect(await askAll(service, 3)).toEqual(['admitted', 'admitted', 'admitted'])

    const release = service.lifecycle.hold('deploying')
    expect(await askAll(service, 2)).toEqual(['admitted', 'admitted'])
    expect(added).not.toHaveBeenCalled()
    release()
    expect(added).toHaveBeenCalledOnce()
    expect(await askAll(service, 2)).toEqual(['admitted', 503])
  })

  test('lets through what comes while the instance is not ready, or leaves', async () => {
    const service = await serve({ concurrency: 1 })
    expect(await askAll(service, 2)).toEqual(['admitted', 503])
    service.lifecycle.hold('deploying')
    expect(await askAll(service, 2)).toEqual(['admitted', 'admitted'])
  })

  test('begins at once on a lifecycle that is ready already, and can be taken back', async () => {
    const service = await serve({ concurrency: 100 })
    const remove = slowStart(service.lifecycle, { concurrency: 1 })
    expect(await askAll(service, 2)).toEqual(['admitted', 503])
    remove()
    expect(await service.ask()).toBe('admitted')
  })
})

test('it warns, once, when the lifecycle has no slow start', async () => {
  const { logger, lines } = createRecordingLogger()
  const service = await serve({ concurrency: 1 }, { slowStart: undefined, logger })
  expect(await askAll(service, 2)).toEqual(['admitted', 'admitted'])
  service.lifecycle.hold('deploying')()

  const warnings = lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
  expect(warnings).toEqual([expect.stringContaining("give createLifecycle slowStart: { window: '60s' }")])
})

test('what cannot work is refused, with every fault', () => {
  const lifecycle = createLifecycle({ logger: false })
  const faultOf = (given: unknown, options: unknown): string => {
    try {
      slowStart(given as Lifecycle, options as SlowStartOptions)
    } catch (error) {
      return String(error)
    }
    return ''
  }
  expect(faultOf(lifecycle, undefined)).toContain('options.concurrency is missing')
  const fault = faultOf({}, { concurrency: 0.5, retryAfter: 5, window: '60s' })
  for (const part of ['the lifecycle is missing', 'concurrency is 0.5', 'retryAfter is 5', 'window is not an option']) {
    expect(fault).toContain(part)
  }
})

test('lets in whoever has waited for the service to be ready, and counts them', async () => {
  vi.useRealTimers()
  let finish = (): void => {}
  const warm = new Promise<void>((resolve) => (finish = resolve))
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'cache', scope: 'local', warmUp: () => warm }],
    warmUp: { whileWarming: 'queue' },
    slowStart: { window: '10m', initial: 0.1 },
    shutdown: { signals: false, linger: false },
    logger: false,
  })
  slowStart(lifecycle, { concurrency: 20 })
  const waiting: ServerResponse[] = []
  const server = await lifecycle.listen((_request, response) => void waiting.push(response), 0, '127.0.0.1')
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  let come = 0
  const count = (): void => void come++
  subscribe('http.server.request.start', count)
  onTestFinished(() => void unsubscribe('http.server.request.start', count))
  const asked = Array.from({ length: 5 }, () => fetch(url))
  await vi.waitFor(() => expect(come).toBe(5), 10_000)
  finish()
  await vi.waitFor(() => expect(waiting).toHaveLength(5), 10_000)
  expect((await fetch(url)).status).toBe(503)

  for (const response of waiting) response.end()
  const answers = await Promise.all(asked)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
})
