import { once } from 'node:events'
import { Agent as HttpAgent, createServer, get as getHttp } from 'node:http'
import type { IncomingMessage, ServerOptions } from 'node:http'
import { Agent as HttpsAgent, createServer as createHttps, get as getHttps } from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { text } from 'node:stream/consumers'

import { CERTIFICATE } from '@tidegate/certificate'
import type { Dependency } from '@tidegate/core'
import { createStepContext, runClose, runWarmUp } from '@tidegate/testing'
import { Agent, Client, Pool } from 'undici'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { httpPool } from '../src/index.ts'

interface Backend {
  readonly origin: string
  readonly port: number
  readonly server: Server
  connections: number
  handshakes: number
  requests: number
  /** Resolves when as many connections as were open have gone. */
  readonly open: Set<object>
}

async function serve(secure = true, limits: ServerOptions = {}): Promise<Backend> {
  const handler = (_request: unknown, response: { end(text: string): unknown }): unknown => {
    backend.requests++
    return response.end('served')
  }
  const server: Server = secure ? createHttps({ ...CERTIFICATE, ...limits }, handler) : createServer(limits, handler)
  await once(server.listen(0, 'localhost'), 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `${secure ? 'https' : 'http'}://localhost:${port}`
  const backend: Backend = { origin, port, server, connections: 0, handshakes: 0, requests: 0, open: new Set() }
  server.on('connection', (socket) => {
    backend.connections++
    backend.open.add(socket)
    socket.on('close', () => backend.open.delete(socket))
  })
  server.on('secureConnection', () => backend.handshakes++)
  onTestFinished(() => {
    server.close()
    for (const socket of backend.open) (socket as { destroy(): void }).destroy()
  })
  return backend
}

const TRUST = { ca: CERTIFICATE.cert }

interface OpenAgent {
  createConnection(...given: readonly unknown[]): Socket
}

/** Keeps what the agent connects, by a `createConnection` of its own. */
function spyOn(agent: HttpsAgent): { readonly made: readonly Socket[]; readonly createConnection: unknown } {
  const open = agent as unknown as OpenAgent
  const { createConnection } = open
  const made: Socket[] = []
  open.createConnection = (...given) => {
    const socket = createConnection.call(agent, ...given)
    made.push(socket)
    return socket
  }
  return { made, createConnection: open.createConnection }
}

/** With TLS 1.3 the server has done its handshake after its client. */
function until(holds: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(holds()).toBe(true), { timeout: 20_000, interval: 5 })
}

async function closed(dependency: Dependency, backend: Backend): Promise<void> {
  const waiting = [...backend.open].map((socket) => once(socket as never, 'close'))
  await runClose(dependency)
  await Promise.all(waiting)
  expect(backend.open.size).toBe(0)
}

async function connectPlainly({ port }: Backend): Promise<Socket> {
  const socket = connect(port, 'localhost')
  await once(socket, 'connect')
  return socket
}

async function read(response: Promise<unknown[]>): Promise<string> {
  const [answer] = (await response) as [IncomingMessage]
  return text(answer)
}

describe('an agent of node:https', () => {
  test('has its connections open, with their handshakes done, before anything is asked', async () => {
    const backend = await serve()
    const agent = new HttpsAgent({ keepAlive: true, ...TRUST })
    const dependency = httpPool(agent, backend.origin, { connections: 3 })
    const context = createStepContext()
    await runWarmUp(dependency, context)
    await until(() => backend.handshakes === 3)
    expect(backend).toMatchObject({ connections: 3, requests: 0 })
    expect(context.steps).toEqual(['1/3 connections', '2/3 connections', '3/3 connections'])

    const answers = [1, 2, 3].map(() => read(once(getHttps(backend.origin, { agent }), 'response')))
    expect(await Promise.all(answers)).toEqual(['served', 'served', 'served'])
    expect(backend).toMatchObject({ connections: 3, handshakes: 3, requests: 3 })

    await read(once(getHttps(backend.origin, { agent }), 'response'))
    await Promise.all([1, 2, 3, 4].map(() => read(once(getHttps(backend.origin, { agent }), 'response'))))
    expect(backend.connections).toBe(4)
    await closed(dependency, backend)
  })

  test('gives none of them to a request with TLS options of its own', async () => {
    const backend = await serve()
    const agent = new HttpsAgent({ keepAlive: true, ...TRUST })
    const dependency = httpPool(agent, backend.origin)
    await runWarmUp(dependency)
    await read(once(getHttps(backend.origin, { agent, rejectUnauthorized: false, ciphers: 'HIGH' }), 'response'))
    expect(backend.connections).toBe(2)
    await closed(dependency, backend)
  })

  test('is left as it was, with what was never used closed', async () => {
    const backend = await serve()
    const agent = new HttpsAgent({ keepAlive: true, ...TRUST })
    const { createConnection } = agent as unknown as { createConnection: unknown }
    const dependency = httpPool(agent, backend.origin, { connections: 2, close: false })
    await runWarmUp(dependency)
    await closed(dependency, backend)
    expect((agent as unknown as { createConnection: unknown }).createConnection).toBe(createConnection)

    await read(once(getHttps(backend.origin, { agent }), 'response'))
    expect(backend.connections).toBe(3)
    agent.destroy()
  })

  test('opens a new one when the server has closed the one that waits', async () => {
    const backend = await serve()
    const agent = new HttpsAgent({ keepAlive: true, ...TRUST })
    const { made, createConnection } = spyOn(agent)
    const dependency = httpPool(agent, backend.origin)
    await runWarmUp(dependency)
    const gone = once(made[0] as Socket, 'close')
    await until(() => backend.handshakes === 1)
    for (const socket of backend.open) (socket as Socket).destroy()
    await gone

    expect(await read(once(getHttps(backend.origin, { agent }), 'response'))).toBe('served')
    expect(backend.connections).toBe(2)
    await closed(dependency, backend)
    expect((agent as unknown as OpenAgent).createConnection).toBe(createConnection)
  })
})

describe.each([
  ['node:http', false, (): HttpAgent => new HttpAgent({ keepAlive: true })],
  ['node:https', true, (): HttpAgent => new HttpsAgent({ keepAlive: true, ...TRUST })],
] as const)('an agent of %s', (_kind, secure, create) => {
  const get = (origin: string, agent: HttpAgent): Promise<unknown[]> =>
    once(secure ? getHttps(origin, { agent }) : getHttp(origin, { agent }), 'response')

  test('gives nobody a connection on which the server has said 408 and gone', async () => {
    const impatient = { headersTimeout: 200, requestTimeout: 200, connectionsCheckingInterval: 50 }
    const backend = await serve(secure, impatient)
    const agent = create()
    const dependency = httpPool(agent, backend.origin, { connections: 3 })
    await runWarmUp(dependency)
    await until(() => backend.connections === 3 && backend.open.size === 0)
    // What the server has written before is there by the time another connection is open.
    ;(await connectPlainly(backend)).destroy()

    const [answer] = (await get(backend.origin, agent)) as [IncomingMessage]
    expect({ status: answer.statusCode, body: await text(answer) }).toEqual({ status: 200, body: 'served' })
    await closed(dependency, backend)
  })

  test('opens again what was lost, and only that', async () => {
    const backend = await serve(secure)
    const agent = create()
    const dependency = httpPool(agent, backend.origin, { connections: 3, rewarm: true })
    expect(dependency.rewarm).toBe(true)
    await runWarmUp(dependency)
    await read(get(backend.origin, agent))
    const [, lost] = [...backend.open] as Socket[]
    const gone = once(lost as Socket, 'close')
    lost?.destroy()
    await gone
    const again = createStepContext()
    await vi.waitFor(
      async () => {
        await runWarmUp(dependency, Object.assign(again, { recovered: ['network'] }))
        expect(backend.connections).toBe(4)
      },
      { timeout: 20_000, interval: 5 },
    )
    expect(again.steps).toEqual(['1/1 connections'])
    await Promise.all([1, 2, 3].map(() => read(get(backend.origin, agent))))
    expect(backend.connections).toBe(4)
    await closed(dependency, backend)
  })
})

test('an Agent of undici opens again what was lost, and only that', async () => {
  const backend = await serve()
  const pool = new Agent({ connect: TRUST })
  const dependency = httpPool(pool, backend.origin, { connections: 3, rewarm: true })
  await runWarmUp(dependency)
  const [lost] = [...backend.open] as Socket[]
  const disconnected = once(pool, 'disconnect')
  lost?.destroy()
  await disconnected
  await runWarmUp(dependency, Object.assign(createStepContext(), { recovered: ['network'] }))
  expect(backend.connections).toBe(4)
  await closed(dependency, backend)
})

test('an agent of node:http has its connections open', async () => {
  const backend = await serve(false)
  const agent = new HttpAgent({ keepAlive: true })
  const dependency = httpPool(agent, [backend.origin])
  await runWarmUp(dependency)
  expect(backend).toMatchObject({ connections: 1, requests: 0 })
  await read(once(getHttp(backend.origin, { agent }), 'response'))
  expect(backend.connections).toBe(1)
  await closed(dependency, backend)
})

describe.each([
  ['an Agent', () => new Agent({ connect: TRUST })],
  ['a Pool', (origin: string) => new Pool(origin, { connect: TRUST, connections: 3 })],
])('%s of undici', (_kind, create) => {
  test('has its connections open, with their handshakes done, before anything is asked', async () => {
    const backend = await serve()
    const pool = create(backend.origin)
    const dependency = httpPool(pool, backend.origin, { connections: 3 })
    await runWarmUp(dependency)
    await until(() => backend.handshakes === 3)
    expect(backend).toMatchObject({ connections: 3, requests: 0 })

    const ask = async (): Promise<string> => {
      const { body } = await pool.request({ origin: backend.origin, path: '/', method: 'GET' })
      return body.text()
    }
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['served', 'served', 'served'])
    expect(backend).toMatchObject({ connections: 3, handshakes: 3, requests: 3 })
    await closed(dependency, backend)
  })
})

test('a Client of undici has its one connection open', async () => {
  const backend = await serve()
  const client = new Client(backend.origin, { connect: TRUST })
  const dependency = httpPool(client, backend.origin)
  await runWarmUp(dependency)
  await until(() => backend.handshakes === 1)
  expect(backend).toMatchObject({ connections: 1, requests: 0 })
  await (await client.request({ path: '/', method: 'GET' })).body.text()
  expect(backend.connections).toBe(1)
  await closed(dependency, backend)
})

describe('what cannot be opened', () => {
  const kinds = [
    ['an agent of node:https', (): HttpsAgent => new HttpsAgent({ keepAlive: true })],
    ['an Agent of undici', (): Agent => new Agent()],
  ] as const

  test.each(kinds)('fails with its origin and the reason: %s', async (_kind, create) => {
    const backend = await serve()
    const dependency = httpPool(create(), backend.origin, { connections: 2 })
    await expect(runWarmUp(dependency)).rejects.toMatchObject({
      code: 'TIDEGATE_WARM_UP',
      message: expect.stringMatching(/^no connection to https:\/\/localhost:\d+ could be opened: .*certificate/),
    })
    await closed(dependency, backend)
  })

  test('leaves nothing of the others open: the next attempt opens all of them again', async () => {
    const [fine, gone] = [await serve(), await serve()]
    gone.server.close()
    const agent = new HttpsAgent({ keepAlive: true, ...TRUST })
    const dependency = httpPool(agent, [fine.origin, gone.origin])
    await expect(runWarmUp(dependency)).rejects.toThrow(`no connection to ${gone.origin} could be opened`)
    await until(() => fine.open.size === 0)
    expect(fine.connections).toBe(1)
    await runClose(dependency)
  })

  test.each(kinds)('is given up with the attempt: %s', async (_kind, create) => {
    const server = createServer()
    const silent: Server = (await import('node:net')).createServer()
    server.close()
    await once(silent.listen(0, 'localhost'), 'listening')
    const connected = once(silent, 'connection')
    const controller = new AbortController()
    const dependency = httpPool(create(), `https://localhost:${(silent.address() as AddressInfo).port}`)
    const warmUp = runWarmUp(dependency, createStepContext({ signal: controller.signal }))
    const [socket] = await connected
    controller.abort(new Error('enough'))
    await expect(warmUp).rejects.toThrow('enough')
    socket.destroy()
    silent.close()
    await runClose(dependency)
  })
})

describe('arguments that cannot work', () => {
  test.each([
    ['an agent without keepAlive', () => httpPool(new HttpsAgent(), 'https://a'), /the agent keeps no connection/],
    ['no pool', () => httpPool(undefined as never, 'https://a'), /the pool is missing/],
    ['no origin', () => httpPool(new HttpsAgent({ keepAlive: true }), []), /origins must be/],
    ['a path', () => httpPool(new HttpsAgent({ keepAlive: true }), 'https://a/b'), /origins must be/],
    [
      'the other protocol',
      () => httpPool(new HttpsAgent({ keepAlive: true }), 'http://a'),
      /speaks https: and cannot connect to http:\/\/a/,
    ],
    ['none at all', () => httpPool(new Agent(), 'https://a', { connections: 0 }), /options\.connections is 0/],
  ])('are refused: %s', (_what, create, message) => {
    expect(create).toThrow(
      expect.objectContaining({ code: 'TIDEGATE_CONFIG', message: expect.stringMatching(message) }),
    )
  })
})
