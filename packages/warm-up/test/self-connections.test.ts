import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'

import { expect, test } from 'vitest'

import { SelfConnections } from '../src/self-requests/self-connections.ts'

const socket = (): Duplex => duplexPair()[0]

test('gives the first one out before it opens another', async () => {
  const [first, second] = [socket(), socket()]
  const connections = new SelfConnections(first, async () => second)
  expect([await connections.next(), await connections.next()]).toEqual([first, second])
})

test('opens another one when the first has gone', async () => {
  const [first, second] = [socket(), socket()]
  const connections = new SelfConnections(first, async () => second)
  first.destroy()
  expect(await connections.next()).toBe(second)
})

test('closed, it has closed all of them and gives none out', async () => {
  const [first, second] = [socket(), socket()]
  const connections = new SelfConnections(first, async () => second)
  await connections.next()
  await connections.next()
  connections.close()
  expect([first.destroyed, second.destroyed]).toEqual([true, true])
  await expect(connections.next()).rejects.toThrow('the requests to itself are over')
})

test('closes one that was being opened when it was closed', async () => {
  const late = socket()
  let opened = (_socket: Duplex): void => {}
  const connections = new SelfConnections(socket(), () => new Promise((resolve) => (opened = resolve)))
  await connections.next()
  const waiting = connections.next()
  connections.close()
  opened(late)
  await expect(waiting).rejects.toThrow('the requests to itself are over')
  expect(late.destroyed).toBe(true)
})
