import { once } from 'node:events'
import { request as post } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, LifecycleOptions } from '@tidegate/core'
import { requires } from '@tidegate/express'
import { createRecordingLogger } from '@tidegate/testing'
import type { LogLine } from '@tidegate/testing'
import express from 'express'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { outlier } from '../src/index.ts'
import type { OutlierOptions } from '../src/index.ts'
import { createFakeFleet } from './support/fake-fleet.ts'

interface Service {
  readonly lifecycle: Lifecycle
  readonly lines: readonly LogLine[]
  readonly remove: () => void
  readonly port: number
  /** Asks `times` times, one after the other. */
  ask(path: string, times?: number): Promise<number>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

const AMPLE = 20_000

function answerAsPath(asked: IncomingMessage, response: ServerResponse): void {
  response.statusCode = Number(asked.url?.slice(1)) || 200
  response.end('served')
}

async function serve(
  outlierOptions: OutlierOptions = {},
  { handler = answerAsPath, ...options }: LifecycleOptions & { handler?: Handler } = {},
): Promise<Service> {
  const { logger, lines } = createRecordingLogger()
  const lifecycle: Lifecycle = createLifecycle<string>({
    service: { name: 'shop' },
    shutdown: { signals: false, linger: false },
    logger,
    ...options,
  })
  const remove = outlier(lifecycle, outlierOptions)
  const server: Server = await lifecycle.listen(handler, 0, '127.0.0.1')
  onTestFinished(async () => void (await lifecycle.shutdown()))
  await lifecycle.whenReady()
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    lifecycle,
    port,
    lines,
    remove,
    async ask(path, times = 1) {
      let status = 0
      for (let time = 0; time < times; time++) {
        const answer = await fetch(url + path)
        await answer.arrayBuffer()
        status = answer.status
      }
      return status
    },
  }
}

const warnings = ({ lines }: Service): string[] =>
  lines.filter(({ level }) => level === 'warn').map(({ message }) => message)

async function until(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: AMPLE, interval: 10 })
}

describe('five 5xx in a row', () => {
  test('without a fleet only warn, once for a time', async () => {
    const service = await serve()
    await service.ask('/500', 12)

    expect(service.lifecycle.ready).toBe(true)
    expect(warnings(service)).toEqual([
      expect.stringMatching(/^outlier: 5 bad answers in a row; it stays, for without a fleet/),
    ])
  })

  test('alone, when that is asked for, take the instance out, and bring it back on trial', async () => {
    const service = await serve({ alone: true, baseEjection: '300ms', maxEjection: '300s' })
    await service.ask('/500', 4)
    await service.ask('/200')
    await service.ask('/502', 4)
    expect(service.lifecycle.ready).toBe(true)
    await service.ask('/500')
    expect(service.lifecycle.report().reasons).toEqual(['held: outlier: 5 bad answers in a row'])
    expect(await service.ask('/readyz')).toBe(503)
    expect(await service.ask('/200')).toBe(200)

    await until(() => expect(service.lifecycle.ready).toBe(true))
    await service.ask('/500')
    expect(service.lifecycle.ready).toBe(false)
    const lengths = service.lines.flatMap(({ fields }) => fields['ejectionMs'] ?? [])
    expect(lengths).toEqual([300, 600])
  })

  test('ask the fleet, and hold the place until it is back', async () => {
    const fleet = createFakeFleet('granted')
    const service = await serve({ baseEjection: '300ms', maxEjectionPercent: 50 }, { fleet })
    await service.ask('/500', 5)

    await until(() => expect(service.lifecycle.ready).toBe(false))
    expect(fleet.asked).toEqual([50])
    expect(fleet.readmitted).toBe(0)
    await until(() => expect(service.lifecycle.ready).toBe(true))
    expect(fleet.readmitted).toBe(1)
  })

  test.each(['enough-are-out', 'no-vote'] as const)('stay when the fleet says %s', async (verdict) => {
    const fleet = createFakeFleet(verdict)
    const service = await serve({}, { fleet })
    await service.ask('/500', 20)

    expect(service.lifecycle.ready).toBe(true)
    expect(fleet.asked).toEqual([undefined])
    expect(warnings(service)).toHaveLength(1)
  })

  test('come back at once when the place is lost', async () => {
    const fleet = createFakeFleet('granted')
    const service = await serve({}, { fleet })
    await service.ask('/500', 5)
    await until(() => expect(service.lifecycle.ready).toBe(false))

    fleet.member?.onLost()
    expect(service.lifecycle.ready).toBe(true)
    expect(warnings(service).at(-1)).toBe(
      'outlier: its place among those that are out is lost; it is in again, on trial',
    )

    fleet.verdict = 'no-vote'
    await service.ask('/500')
    expect(service.lifecycle.ready).toBe(true)
    expect(fleet.asked).toHaveLength(2)
  })
})

describe('what does not count', () => {
  test('probes, what a gate refuses, and what requires answers', async () => {
    const app = express()
    const { logger } = createRecordingLogger()
    const lifecycle = createLifecycle({
      dependencies: [
        {
          name: 'redis',
          critical: false,
          check() {
            throw new Error('refused')
          },
        },
      ],
      shutdown: { signals: false, linger: false },
      logger,
    })
    app.get('/recommend', requires(lifecycle, 'redis'), (_request, response) => {
      response.end('unreachable')
    })
    outlier(lifecycle, { alone: true })
    const removeGate = lifecycle.addGate(({ url }) =>
      url === '/refused' ? { status: 503, headers: { 'retry-after': '1' }, body: '' } : undefined,
    )
    const server = await lifecycle.listen(app, 0, '127.0.0.1')
    onTestFinished(async () => void (await lifecycle.shutdown()))
    await lifecycle.whenReady()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    for (const path of ['/healthz/redis', '/refused', '/recommend']) {
      for (let time = 0; time < 6; time++) {
        const answer = await fetch(url + path)
        expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true])
        await answer.arrayBuffer()
      }
    }
    expect(lifecycle.ready).toBe(true)
    removeGate()
  })

  test.each<[string, Handler]>([
    ['setHeader', (_, response) => response.setHeader('Retry-After', '5').writeHead(503).end()],
    ['writeHead', (_, response) => response.writeHead(503, { 'Retry-After': '5' }).end()],
    ['a list', (_, response) => response.writeHead(503, 'Busy', ['Retry-After', '5']).end()],
  ])('a 503 with Retry-After given by %s', async (_how, handler) => {
    const service = await serve({ alone: true, consecutive5xx: 1 }, { handler })
    expect(await service.ask('/')).toBe(503)
    expect(service.lifecycle.ready).toBe(true)
  })

  test('one without it does', async () => {
    const service = await serve({ alone: true, consecutive5xx: 1 })
    await service.ask('/503')
    expect(service.lifecycle.ready).toBe(false)
  })

  test('what is answered when the client has gone', async () => {
    let answered = (): void => {}
    const allAnswered = new Promise<void>((resolve) => (answered = resolve))
    let begin = (): void => {}
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const handler: Handler = (_, response) => {
      begin()
      response.on('close', () => {
        response.writeHead(500).end()
        answered()
      })
    }
    const service = await serve({ alone: true, consecutive5xx: 1 }, { handler })
    const socket = connectTcp(service.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: test\r\n\r\n')
    await begun
    socket.destroy()
    await allAnswered

    expect(service.lifecycle.ready).toBe(true)
  })
})

describe('a slow answer', () => {
  const slowly: Handler = (_, response) => setTimeout(() => response.end('late'), 60)

  test('counts as a bad one when there is a limit', async () => {
    const service = await serve({ alone: true, consecutive5xx: 2, slow: '30ms' }, { handler: slowly })
    await service.ask('/', 2)
    expect(service.lifecycle.ready).toBe(false)
  })

  test('counts as a good one without', async () => {
    const service = await serve({ alone: true, consecutive5xx: 2 }, { handler: slowly })
    await service.ask('/', 2)
    expect(service.lifecycle.ready).toBe(true)
  })

  const read: Handler = (asked, response) => asked.resume().on('end', () => response.end('stored'))
  const readSlowly: Handler = (asked, response) => asked.resume().on('end', () => slowly(asked, response))

  test.each<[string, Handler, boolean]>([
    ['is none when it is the client whose body comes late', read, true],
    ['counts when it is slow after the whole body has come', readSlowly, false],
    ['counts when nobody reads the body', slowly, false],
  ])('%s, over HTTP/1 and HTTP/2', async (_what, handler, ready) => {
    const limit = { alone: true, consecutive5xx: 1, slow: '30ms' } as const
    const service = await serve(limit, { handler })
    const posted = post({ port: service.port, method: 'POST', host: '127.0.0.1' })
    posted.write('begun')
    if (handler !== slowly) await pause(200)
    posted.end('done')
    const [answer] = (await once(posted, 'response')) as [IncomingMessage]
    answer.resume()
    expect(service.lifecycle.ready).toBe(ready)

    const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
    outlier(lifecycle, limit)
    const server = createHttp2Server((asked, response) =>
      handler(asked as unknown as IncomingMessage, response as unknown as ServerResponse),
    )
    await lifecycle.listen(server, 0, '127.0.0.1')
    onTestFinished(async () => void (await lifecycle.shutdown()))
    await lifecycle.whenReady()
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => session.close())
    const stream = session.request({ ':path': '/', ':method': 'POST' })
    stream.write('begun')
    if (handler !== slowly) await pause(200)
    stream.end('done')
    await text(stream)
    expect(lifecycle.ready).toBe(ready)
  })

  test('is none when only its end comes late', async () => {
    const handler: Handler = (_, response) => {
      response.write('begun')
      setTimeout(() => response.end('done'), 1_200)
    }
    const service = await serve({ alone: true, consecutive5xx: 1, slow: '1s' }, { handler })
    await service.ask('/')
    expect(service.lifecycle.ready).toBe(true)
  })
})

test.each([
  ['500', { ':status': 500 }, false],
  ['a deliberate 503', { ':status': 503, 'retry-after': '1' }, true],
  ['200', { ':status': 200 }, true],
])('HTTP/2 counts %s as HTTP/1 does', async (_what, headers, ready) => {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
  outlier(lifecycle, { alone: true, consecutive5xx: 1 })
  const server = createHttp2Server().on('stream', (stream) => {
    stream.respond(headers)
    stream.end('answered')
  })
  await lifecycle.listen(server, 0, '127.0.0.1')
  onTestFinished(async () => void (await lifecycle.shutdown()))
  await lifecycle.whenReady()
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => session.close())
  await text(session.request({ ':path': '/' }))

  expect(lifecycle.ready).toBe(ready)
})

test('taken back, or once the lifecycle leaves, it holds nothing and counts nothing', async () => {
  const fleet = createFakeFleet('granted')
  const service = await serve({}, { fleet })
  await service.ask('/500', 5)
  await until(() => expect(service.lifecycle.ready).toBe(false))

  service.remove()
  expect(service.lifecycle.ready).toBe(true)
  expect(fleet.readmitted).toBe(1)
  await service.ask('/500', 5)
  expect(fleet.asked).toHaveLength(1)
})

test('what cannot work is refused, with every fault', () => {
  const lifecycle = createLifecycle({ service: { name: 'shop' }, fleet: createFakeFleet('granted'), logger: false })
  const options = { consecutive5xx: 0, slow: 'x', baseEjection: '10m', maxEjectionPercent: 101, alone: true, five: 5 }
  const fault = faultOf(() => outlier(lifecycle, options as unknown as OutlierOptions))
  for (const part of [
    'options.consecutive5xx is 0',
    'options.slow is "x"',
    'options.maxEjection is less than baseEjection',
    'options.maxEjectionPercent is 101',
    'options.five is not an option',
  ]) {
    expect(fault).toContain(part)
  }
  expect(faultOf(() => outlier(lifecycle, { alone: true }))).toContain('which decides')
  expect(faultOf(() => outlier(undefined as unknown as Lifecycle))).toContain('the lifecycle is missing')
})

function faultOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return String(error)
  }
  return ''
}
