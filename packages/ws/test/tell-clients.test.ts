import { EventEmitter } from 'node:events'

import type { StageContext } from '@tidegate/core'
import { createRecordingLogger } from '@tidegate/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { EngineServerLike } from '../src/socket-io-server.ts'
import { tellClients } from '../src/tell-clients.ts'

class FakeEngine extends EventEmitter implements EngineServerLike {
  readonly clientsCount = 4
  readonly heard: string[] = []
  readonly clients = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((id) => [
      id,
      { close: (discard = false) => void this.heard.push(discard ? `${id} discarded` : id) },
    ]),
  )
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function contextWith(signal: AbortSignal): StageContext {
  return { signal, remaining: () => 10_000, logger: createRecordingLogger().logger }
}

test('is over when the last client has been told, and leaves no timer', async () => {
  const engine = new FakeEngine()
  let isOver = false
  void tellClients(engine, '4s', contextWith(new AbortController().signal)).then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(2_999)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(isOver).toBe(true)
  expect(engine.heard).toEqual(['a', 'b', 'c', 'd'])
  expect(vi.getTimerCount()).toBe(0)
})

test('in a hurry it discards what is buffered, and leaves no timer', async () => {
  const engine = new FakeEngine()
  const hurry = new AbortController()
  const told = tellClients(engine, '4s', contextWith(hurry.signal))
  await vi.advanceTimersByTimeAsync(1_000)
  hurry.abort()
  await told
  expect(engine.heard).toEqual(['a', 'b', ...['a', 'b', 'c', 'd'].map((id) => `${id} discarded`)])
  expect(vi.getTimerCount()).toBe(0)
})

test('hurried before it begins, it tells nobody in turn', async () => {
  const engine = new FakeEngine()
  await tellClients(engine, '4s', contextWith(AbortSignal.abort()))
  expect(engine.heard).toEqual(['a', 'b', 'c', 'd'].map((id) => `${id} discarded`))
})
