import { once } from 'node:events'
import { createServer } from 'node:http'
import type { OutgoingHttpHeader, OutgoingHttpHeaders, RequestListener, Server, ServerResponse } from 'node:http'

import { afterEach, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import { connectRaw, get } from '../support/raw-client.ts'

type Answer = (response: ServerResponse) => void

// The types of Node's know nothing of pairs.
const pairs = (...headers: [string, OutgoingHttpHeader][]): OutgoingHttpHeaders =>
  headers as unknown as OutgoingHttpHeaders

let plain: Server

afterEach(() => plain.close())

/** The lines of an answer's head in order of the alphabet: those about the connection, and the others. */
function headOf(received: string): { ofConnection: readonly string[]; others: readonly string[] } {
  const [head = ''] = received.split('\r\n\r\n')
  const lines = head.split('\r\n').filter((line) => !/^date:/i.test(line))
  const isOfConnection = (line: string): boolean => /^(connection|keep-alive):/i.test(line)
  return {
    ofConnection: lines.filter(isOfConnection),
    others: lines.filter((line) => !isOfConnection(line)).toSorted(),
  }
}

/** What Node itself makes of the answer. */
async function receivedWithoutDrain(listener: RequestListener): Promise<string> {
  plain = createServer(listener)
  await once(plain.listen(0, '127.0.0.1'), 'listening')
  const client = await connectRaw(plain)
  client.send(get('/'))
  await client.hear('\r\n\r\n')
  client.socket.destroy()
  return client.received
}

async function receivedInLinger(listener: RequestListener): Promise<string> {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: '5s' }, logger: false })
  const client = await connectRaw(await lifecycle.listen(listener, 0))
  const closed = once(lifecycle.drainSignal, 'abort')
  const stopped = lifecycle.shutdown()
  await closed
  client.send(get('/'))
  await client.closed
  await stopped
  return client.received
}

test.each<[string, Answer]>([
  ['no headers', (response) => response.writeHead(201)],
  ['an object', (response) => response.writeHead(201, { 'X-One': '1', 'Set-Cookie': ['a=1', 'b=1'] })],
  [
    'an object and a message',
    (response) => response.writeHead(201, 'Made', { 'x-one': '1', connection: 'keep-alive' }),
  ],
  ['an object in third place', (response) => response.writeHead(201, undefined, { 'x-one': '1' })],
  ['a flat list', (response) => response.writeHead(201, ['X-One', '1', 'x-two', '2'])],
  ['an empty list', (response) => response.writeHead(201, [])],
  ['a flat list in third place', (response) => response.writeHead(201, undefined, ['x-one', '1'])],
  ['a flat list with duplicates', (response) => response.writeHead(201, ['set-cookie', 'a=1', 'set-cookie', 'b=1'])],
  ['a flat list and a message', (response) => response.writeHead(201, 'Made', ['x-one', '1', 'x-one', '2'])],
  [
    'a flat list with a connection header of its own',
    (response) => response.writeHead(201, ['x-one', '1', 'Connection', 'keep-alive', 'x-two', '2']),
  ],
  ['pairs', (response) => response.writeHead(201, pairs(['X-One', '1']))],
  ['pairs with duplicates', (response) => response.writeHead(201, pairs(['set-cookie', 'a'], ['set-cookie', 'b']))],
  ['pairs and a message', (response) => response.writeHead(201, 'Made', pairs(['x-one', '1'], ['x-two', '2']))],
  [
    'pairs with a connection header of their own',
    (response) => response.writeHead(201, pairs(['Connection', 'keep-alive'], ['x-one', '1'])),
  ],
  [
    'an object behind headers that were set before',
    (response) => {
      response.setHeader('x-one', 'before').setHeader('x-set', '1').setHeader('connection', 'keep-alive')
      response.writeHead(201, { 'x-one': '1' })
    },
  ],
  [
    'a flat list behind headers that were set before',
    (response) => {
      response.setHeader('x-one', 'before').setHeader('x-set', '1').setHeader('connection', 'keep-alive')
      response.writeHead(201, ['x-one', '1', 'x-two', '2', 'x-two', '3'])
    },
  ],
])('an answer given %s is marked, and else as Node writes it', async (_, answer) => {
  const listener: RequestListener = (_request, response) => {
    answer(response)
    response.end()
  }

  const marked = headOf(await receivedInLinger(listener))
  const unmarked = headOf(await receivedWithoutDrain(listener))

  expect(marked.ofConnection).toEqual([expect.stringMatching(/^connection: close$/i)])
  expect(marked.others).toEqual(unmarked.others)
})
