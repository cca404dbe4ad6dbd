import { createServer, request } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'

import { CERTIFICATE } from '@tidegate/certificate'
import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle, isSelfRequest } from '../../src/index.ts'
import type { Lifecycle, SelfConnection, SelfConnectOptions, WarmUpContext, WebServer } from '../../src/index.ts'
import { portOf } from '../support/raw-client.ts'

type Connect = WarmUpContext['connectToSelf']

interface Subject {
  readonly lifecycle: Lifecycle
  /** Connects as a dependency does that is warming up, which it goes on doing until the end of the test. */
  readonly connect: Connect
}

/** Opens the server under a lifecycle that does not become ready. */
async function open(server: WebServer): Promise<Subject> {
  let begin: (connect: Connect) => void = () => {}
  const begun = new Promise<Connect>((resolve) => (begin = resolve))
  const lifecycle: Lifecycle = createLifecycle<string>({
    dependencies: [{ name: 'slow', warmUp: ({ connectToSelf }) => new Promise(() => begin(connectToSelf)) }],
    shutdown: { signals: false, linger: false },
    logger: false,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  await lifecycle.listen(server, 0, '127.0.0.1')
  return { lifecycle, connect: await begun }
}

/** Asks over this connection only. */
function ask(socket: Duplex, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ createConnection: () => socket, path, headers }, resolve)
      .on('error', reject)
      .end()
  })
}

const tellWho = (): Server =>
  createServer((asked, response) => response.end(`${asked.url} ${isSelfRequest(asked) ? 'self' : 'client'}`))

const closed = (socket: Duplex): Promise<void> => new Promise((resolve) => socket.on('close', resolve))

async function connectTo(subject: Subject, options?: SelfConnectOptions): Promise<SelfConnection> {
  const connection = await subject.connect(options)
  onTestFinished(() => void connection.socket.destroy())
  return connection
}

test('a service that refuses everybody answers itself', async () => {
  const server = tellWho()
  const subject = await open(server)
  const { socket, protocol } = await connectTo(subject)

  expect(protocol).toBe('http/1.1')
  expect(await text(await ask(socket, '/products'))).toBe('/products self')
  const answer = await fetch(`http://127.0.0.1:${portOf(server)}/products`)
  expect(answer.status).toBe(503)
})

test('what it asks itself is no probe, also not for an adapter', async () => {
  const handled: (boolean | Promise<boolean>)[] = []
  const server = createServer((asked, response) => {
    handled.push(subject.lifecycle.handle(asked, response))
    response.end('the application')
  })
  const subject = await open(server)
  const { socket } = await connectTo(subject)

  expect(await text(await ask(socket, '/readyz'))).toBe('the application')
  expect(handled).toEqual([false])
  expect(subject.lifecycle.report().probers).toMatchObject({ known: [], others: 0 })
})

test('both ends of a connection close with each other', async () => {
  const server = tellWho()
  const sides: Duplex[] = []
  server.on('connection', (side) => sides.push(side))
  const subject = await open(server)

  const { socket } = await connectTo(subject)
  socket.destroy()
  await closed(sides[0] as Duplex)

  const other = await connectTo(subject)
  sides[1]?.destroy()
  await closed(other.socket)
  expect(sides.map(({ destroyed }) => destroyed)).toEqual([true, true])
})

test.each([
  ['TLSv1.2', { maxVersion: 'TLSv1.2' }],
  ['TLSv1.3', { minVersion: 'TLSv1.3' }],
] as const)(
  'a server with %s knows the service among others whose handshakes come between',
  async (version, options) => {
    const who: boolean[] = []
    const server = createHttps({ ...CERTIFICATE, ...options }, (asked, response) => {
      who.push(isSelfRequest(asked))
      response.end()
    })
    const subject = await open(server)
    const stranger = fetchInsecurely(portOf(server))
    const connections = await Promise.all([connectTo(subject), connectTo(subject), connectTo(subject)])
    expect(await stranger).toBe(503)
    for (const { socket } of connections) await text(await ask(socket, '/'))

    expect(who).toEqual([true, true, true])
    expect(connections.map(({ socket }) => (socket as unknown as { getProtocol(): string }).getProtocol())).toEqual([
      version,
      version,
      version,
    ])
    expect(server.listenerCount('secureConnection')).toBe(1)
  },
)

async function fetchInsecurely(port: number): Promise<number | undefined> {
  const { get } = await import('node:https')
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false }, ({ statusCode }) =>
      resolve(statusCode),
    ).on('error', reject)
  })
}

test('a handshake that fails is told with its reason, and leaves nothing', async () => {
  const server = createHttps({ ...CERTIFICATE, minVersion: 'TLSv1.3' })
  const sides: Duplex[] = []
  server.on('connection', (side) => sides.push(side))
  const subject = await open(server)

  await expect(subject.connect({ tls: { maxVersion: 'TLSv1.2' } })).rejects.toThrow(/protocol version/)
  if (sides[0]?.closed === false) await closed(sides[0])
  expect(server.listenerCount('secureConnection')).toBe(1)
})

test('a signal that aborts closes it', async () => {
  const subject = await open(tellWho())
  const controller = new AbortController()
  const { socket } = await connectTo(subject, { signal: controller.signal })
  const end = closed(socket)
  controller.abort()
  await end
  await expect(subject.connect({ signal: controller.signal })).rejects.toThrow('aborted')
})

test('it is closed by the shutdown, which does not find it among its connections', async () => {
  const subject = await open(tellWho())
  const { socket } = await connectTo(subject)
  const end = closed(socket)
  const { connections } = await subject.lifecycle.shutdown()
  await end
  expect(connections.open).toBe(0)
})
