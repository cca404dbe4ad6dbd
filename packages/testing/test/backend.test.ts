import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

import { afterEach, expect, test, vi } from 'vitest'

import { createBackend, forwardTo } from '../src/index.ts'
import type { Backend } from '../src/index.ts'

const backends: Backend[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const backend of backends.splice(0)) await backend.close()
})

const echo = (socket: Socket): void => void socket.pipe(socket)

async function open(serve: (socket: Socket) => void): Promise<Backend> {
  const backend = await createBackend(serve)
  backends.push(backend)
  return backend
}

async function connectTo({ port }: Backend): Promise<{ readonly socket: Socket; heard(): string }> {
  const socket = connect(port, 'localhost')
  sockets.push(socket)
  let heard = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  await once(socket, 'connect')
  return { socket, heard: () => heard }
}

const untilHeard = (client: { heard(): string }, text: string): Promise<void> =>
  vi.waitFor(() => expect(client.heard()).toBe(text), { timeout: 20_000 })

const kinds: readonly (readonly [string, () => Promise<Backend>])[] = [
  ['a backend of your own', () => open(echo)],
  ['a backend that forwards', async () => open(forwardTo({ host: 'localhost', port: (await open(echo)).port }))],
]

test.each(kinds)('%s answers, and knows its connections', async (_kind, make) => {
  const backend = await make()
  const [one, two] = [await connectTo(backend), await connectTo(backend)]
  for (const client of [one, two]) client.socket.write('hello')
  for (const client of [one, two]) await untilHeard(client, 'hello')

  expect(await backend.connections()).toBe(2)
  one.socket.end()
  await vi.waitFor(async () => expect(await backend.connections()).toBe(1), { timeout: 20_000 })
})

test.each(kinds)(
  '%s takes connections while it is frozen, and answers what was asked after the thaw',
  async (_kind, make) => {
    const backend = await make()
    const old = await connectTo(backend)
    old.socket.write('before, ')
    await untilHeard(old, 'before, ')

    await backend.freeze()
    const young = await connectTo(backend)
    old.socket.write('meanwhile')
    young.socket.write('new')
    // A connection that was made and closed after them: what they sent has arrived.
    const last = await connectTo(await open(echo))
    last.socket.write('last')
    await untilHeard(last, 'last')
    expect([old.heard(), young.heard()]).toEqual(['before, ', ''])

    await backend.thaw()
    await untilHeard(old, 'before, meanwhile')
    await untilHeard(young, 'new')
  },
)

test('a backend that was stopped ends its connections and refuses new ones, until it is started at the same port', async () => {
  const backend = await open(echo)
  const { socket } = await connectTo(backend)
  const closed = once(socket, 'close')
  await backend.stop()
  await closed

  await expect(connectTo(backend)).rejects.toThrow('ECONNREFUSED')
  await backend.start()
  const client = await connectTo(backend)
  client.socket.write('hello')
  await untilHeard(client, 'hello')
})

test('a backend does not hold the process', async () => {
  const servers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length
  const before = servers()
  await open(echo)

  expect(servers()).toBe(before)
})
