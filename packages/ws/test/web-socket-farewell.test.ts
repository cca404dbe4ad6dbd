import { EventEmitter } from 'node:events'

import type { StageContext } from '@tidegate/core'
import { createRecordingLogger } from '@tidegate/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { WebSocketFarewell } from '../src/web-socket-farewell.ts'
import type { WebSocketLike, WebSocketServerLike } from '../src/web-socket-server.ts'

/** Answers the close frame when it is told to. */
class FakeClient extends EventEmitter implements WebSocketLike {
  readonly heard: string[] = []
  readonly #server: FakeServer

  constructor(server: FakeServer) {
    super()
    this.#server = server
    server.clients.add(this)
  }

  close(code: number, reason: string): void {
    this.heard.push(`${code} ${reason}`)
  }

  answer(): void {
    this.#server.clients.delete(this)
    this.emit('close')
  }

  terminate(): void {
    this.heard.push('terminated')
    this.answer()
  }
}

class FakeServer extends EventEmitter implements WebSocketServerLike {
  readonly clients = new Set<FakeClient>()
}

const LIMIT_MS = 10_000

let server: FakeServer
let clients: FakeClient[]
let hurry: AbortController
let lines: ReturnType<typeof createRecordingLogger>['lines']

beforeEach(() => {
  vi.useFakeTimers()
  server = new FakeServer()
  clients = Array.from({ length: 4 }, () => new FakeClient(server))
})
afterEach(() => void vi.useRealTimers())

/** The farewell under way. `isOver` tells whether its step is done. */
function sayFarewell(limitMs = LIMIT_MS): { isOver: boolean } {
  const start = performance.now()
  const { logger, ...recording } = createRecordingLogger()
  lines = recording.lines
  hurry = new AbortController()
  const remaining = (): number => Math.max(0, start + limitMs - performance.now())
  const context: StageContext = { signal: hurry.signal, remaining, logger }
  const state = { isOver: false }
  const farewell = new WebSocketFarewell(server, { code: 1001, reason: 'bye', stagger: '4s' })
  void farewell.say(context).then(() => (state.isOver = true))
  return state
}

const heard = (): string[][] => clients.map((client) => client.heard)

test('is over with the last answer, and leaves no timer', async () => {
  const farewell = sayFarewell()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(heard()).toEqual(clients.map(() => ['1001 bye']))
  for (const client of clients) {
    expect(farewell.isOver).toBe(false)
    client.answer()
    await vi.advanceTimersByTimeAsync(0)
  }
  expect(farewell.isOver).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('is over at once when all leave before they are told, and leaves no timer', async () => {
  const farewell = sayFarewell()
  for (const client of clients) client.answer()
  await vi.advanceTimersByTimeAsync(0)
  expect(farewell.isOver).toBe(true)
  expect(heard()).toEqual([['1001 bye'], [], [], []])
  expect(vi.getTimerCount()).toBe(0)
})

test('terminates who has not answered 200 ms before the limit', async () => {
  const farewell = sayFarewell()
  await vi.advanceTimersByTimeAsync(5_000)
  clients[0]?.answer()
  await vi.advanceTimersByTimeAsync(LIMIT_MS - 200 - 5_000 - 1)
  expect(farewell.isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(farewell.isOver).toBe(true)
  expect(heard()).toEqual([['1001 bye'], ...Array.from({ length: 3 }, () => ['1001 bye', 'terminated'])])
  expect(lines).toMatchObject([{ level: 'warn', fields: { closed: 1, terminated: 3 } }])
  expect(vi.getTimerCount()).toBe(0)
})

test('tells everybody also within a limit that is shorter than that', async () => {
  const farewell = sayFarewell(100)
  await vi.advanceTimersByTimeAsync(50)
  expect(heard()).toEqual(clients.map(() => ['1001 bye']))
  await vi.advanceTimersByTimeAsync(25)
  expect(farewell.isOver).toBe(true)
})

test('in a hurry it terminates all at once, told or not', async () => {
  const farewell = sayFarewell()
  await vi.advanceTimersByTimeAsync(1_000)
  hurry.abort()
  await vi.advanceTimersByTimeAsync(0)
  expect(farewell.isOver).toBe(true)
  expect(heard()).toEqual([['1001 bye', 'terminated'], ['1001 bye', 'terminated'], ['terminated'], ['terminated']])
  expect(lines).toMatchObject([{ message: 'WebSockets: 0 closed, 4 terminated, in a hurry' }])
  expect(vi.getTimerCount()).toBe(0)
})

test('tells who comes late when the application has seen them, once, and waits for them as for the others', async () => {
  const farewell = sayFarewell()
  const late = [new FakeClient(server), new FakeClient(server)]
  server.emit('headers')
  server.emit('headers')
  expect(late.map((client) => client.heard)).toEqual([[], []])
  await vi.advanceTimersByTimeAsync(0)
  expect(late.map((client) => client.heard)).toEqual([['1001 bye'], ['1001 bye']])
  for (const client of clients) client.answer()
  await vi.advanceTimersByTimeAsync(0)
  expect(farewell.isOver).toBe(false)
  for (const client of late) client.answer()
  await vi.advanceTimersByTimeAsync(0)
  expect(farewell.isOver).toBe(true)
  expect(lines).toMatchObject([{ fields: { closed: 6, terminated: 0 } }])
})

test('tells who comes when all others have gone, and does not wait for them', async () => {
  const farewell = sayFarewell()
  for (const client of clients) client.answer()
  const late = new FakeClient(server)
  server.emit('headers')
  await vi.advanceTimersByTimeAsync(0)
  expect(late.heard).toEqual(['1001 bye'])
  expect(farewell.isOver).toBe(true)
})
