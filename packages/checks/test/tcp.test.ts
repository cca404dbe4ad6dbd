import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

import { createStepContext, runCheck } from '@tidegate/testing'
import { expect, it, onTestFinished } from 'vitest'

import { tcp } from '../src/index.ts'
import { check } from './support/check.ts'

async function listen(server: Server, port = 0): Promise<number> {
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  await once(server, 'close')
}

it('fails on a closed port, and passes when somebody listens again', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).end())
  onTestFinished(() => stop(server))
  const port = await listen(server)
  const dependency = tcp({ host: '127.0.0.1', port })

  const first = await check(dependency)
  await stop(server)
  const closed = await check(dependency)
  await listen(server, port)
  const again = await check(dependency)

  expect([first.status, again.status]).toEqual(['pass', 'pass'])
  expect(closed).toEqual({ status: 'fail', message: `connect ECONNREFUSED 127.0.0.1:${port}` })
})

it('leaves no connection behind', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {}).resume()))
  onTestFinished(() => stop(server))
  const dependency = tcp({ host: '127.0.0.1', port: await listen(server) })
  for (let run = 1; run <= 20; run++) await check(dependency)

  await stop(server)
  expect(sockets.length).toBe(20)
})

it('gives up when the signal aborts, and leaves no connection of that either', async () => {
  const server = createServer((socket) => void socket.on('error', () => {}).resume())
  const port = await listen(server)
  const controller = new AbortController()
  const checking = runCheck(tcp({ host: '127.0.0.1', port }), createStepContext({ signal: controller.signal }))
  controller.abort()

  expect((await checking).status).toBe('fail')
  await stop(server)
})
