import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'

import { afterEach, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle } from '../../src/index.ts'
import { connectRaw, get } from '../support/raw-client.ts'

let lifecycle: Lifecycle
let server: Server

afterEach(() => lifecycle.shutdown())

test('a server that nobody is connected to says close once', async () => {
  await listen()
  let closes = 0
  server.on('close', () => closes++)

  await lifecycle.shutdown()
  await turns(2)

  expect(closes).toBe(1)
})

test('a server says close only when the last answer of all servers is out', async () => {
  await listen()
  const other = createServer()
  await lifecycle.listen(other, 0, '127.0.0.1')
  const said: string[] = []
  server.on('request', (_request, response) => {
    lifecycle.drainSignal.addEventListener('abort', () => {
      void turns(3).then(() => response.end('served'))
      response.on('close', () => said.push('answered'))
    })
  })
  other.on('close', () => said.push('closed'))
  const client = await connectRaw(server)
  client.send(get('/'))
  await once(server, 'request')

  await lifecycle.shutdown()
  await turns(2)

  expect(said).toEqual(['answered', 'closed'])
})

test('closing a server again after the drain calls back', async () => {
  await listen()
  await lifecycle.shutdown()
  await turns(2)

  const error = await new Promise((resolve) => server.close(resolve))

  expect(error).toMatchObject({ code: 'ERR_SERVER_NOT_RUNNING' })
})

async function listen(): Promise<void> {
  lifecycle = createLifecycle({ shutdown: { linger: false }, logger: false })
  server = createServer()
  await lifecycle.listen(server, 0, '127.0.0.1')
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
