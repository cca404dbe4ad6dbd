import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { SILENT } from '../../src/logger.ts'
import type { StepRecord } from '../../src/shutdown/drain-record.ts'
import { runStep } from '../../src/shutdown/run-step.ts'
import type { StepInit } from '../../src/shutdown/run-step.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function run(step: StepInit['run'], rest: Partial<StepInit> = {}, ms = 1_000): Promise<StepRecord> {
  const record = runStep({ step: 'close', name: 'db', limitMs: 1_000, logger: SILENT, run: step, ...rest })
  await vi.advanceTimersByTimeAsync(ms)
  await vi.advanceTimersByTimeAsync(1)
  return record
}

test('a step that is done in time is done', async () => {
  expect(await run(async () => {})).toEqual({
    step: 'close',
    name: 'db',
    plannedMs: 1000,
    durationMs: 0,
    outcome: 'done',
  })
  expect(vi.getTimerCount()).toBe(0)
})

test('a step that throws, rejects, or rejects with nothing has failed, with its reason', async () => {
  const thrown = (): never => {
    throw new Error('cannot: postgres://app:hunter2@db')
  }
  expect(await run(thrown)).toMatchObject({ outcome: 'failed', error: 'cannot: postgres://***@db' })
  expect(await run(() => Promise.reject(new Error('reset')))).toMatchObject({ outcome: 'failed', error: 'reset' })
  expect(await run(() => Promise.reject(undefined))).toMatchObject({
    outcome: 'failed',
    error: 'rejected without a reason',
  })
})

test('a step that hangs is told by its signal, and has overrun', async () => {
  let reason: unknown
  const hanging: StepInit['run'] = ({ signal, remaining }) => {
    expect(remaining()).toBe(1_000)
    signal.addEventListener('abort', () => (reason = signal.reason))
    return new Promise(() => {})
  }
  expect(await run(hanging)).toMatchObject({ outcome: 'overran', error: 'close of db took longer than 1s' })
  expect(reason).toMatchObject({ code: 'TIDEGATE_TIMEOUT' })
})

test('a step that has blocked the loop past its limit has overrun, although it has ended', async () => {
  vi.useRealTimers()
  const blocking: StepInit['run'] = () => {
    const end = performance.now() + 30
    while (performance.now() < end);
  }
  const record = await runStep({ step: 'close', name: 'db', limitMs: 10, logger: SILENT, run: blocking })
  expect(record).toMatchObject({ outcome: 'overran', error: 'close of db took longer than 10ms' })
})

test('a step that minds its signal can say what it was waiting for', async () => {
  const minding: StepInit['run'] = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('2 clients are still checked out')))
    })
  expect(await run(minding)).toMatchObject({ outcome: 'overran', error: '2 clients are still checked out' })
})

describe('a step that is told to hurry', () => {
  const minding: StepInit['run'] = ({ signal }) =>
    new Promise((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve())
    })

  test('is done when it ends at once', async () => {
    const hurry = new AbortController()
    const record = run(minding, { hurry: hurry.signal }, 10)
    hurry.abort()
    expect(await record).toMatchObject({ outcome: 'done' })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is told so when it begins only after that', async () => {
    const record = run(minding, { hurry: AbortSignal.abort() }, 10)
    expect(await record).toMatchObject({ outcome: 'done' })
  })

  test('has overrun when it goes on', async () => {
    const hurry = new AbortController()
    const record = run(() => new Promise(() => {}), { hurry: hurry.signal }, 10)
    hurry.abort()
    expect(await record).toMatchObject({
      outcome: 'overran',
      error: 'close of db was told to hurry, and did not end',
    })
  })
})
