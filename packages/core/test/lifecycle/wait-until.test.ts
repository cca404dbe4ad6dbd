import { expect, test } from 'vitest'

import { createDeferred } from '../../src/deferred.ts'
import { createLifecycle } from '../../src/index.ts'
import type { ShutdownOptions } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

async function started(shutdown: ShutdownOptions = {}) {
  const { logger, lines } = createRecordingLogger()
  const told: string[] = []
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'db', close: async () => void told.push('db closed') }],
    shutdown: { signals: false, linger: false, ...shutdown },
    logger,
  })
  await lifecycle.start()
  return { lifecycle, lines, told }
}

function afterATurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test('the drain waits for background work, also for what is added meanwhile, before anything is closed', async () => {
  const { lifecycle, told } = await started()
  const first = createDeferred<string>()
  const second = createDeferred()
  expect(lifecycle.waitUntil(first.promise)).toBe(first.promise)
  void first.promise.then(() => {
    told.push('first done')
    void lifecycle.waitUntil(second.promise.then(() => told.push('second done')))
    second.resolve()
  })

  lifecycle.on('drain', ({ step }) => {
    if (step === 'drained') setImmediate(() => first.resolve('its own result'))
  })

  const { steps, exitCode } = await lifecycle.shutdown()

  expect(await first.promise).toBe('its own result')
  expect(told).toEqual(['first done', 'second done', 'db closed'])
  expect(steps[0]).toMatchObject({ step: 'drain', name: 'waitUntil', outcome: 'done' })
  expect(exitCode).toBe(0)
})

test('background work that outlives the drain is cut, named and makes the exit unclean', async () => {
  const { lifecycle, told } = await started({ requests: 20 })
  void lifecycle.waitUntil(new Promise(() => {}))

  const { steps, exitCode } = await lifecycle.shutdown()

  expect(steps).toMatchObject([
    { step: 'drain', name: 'waitUntil', outcome: 'overran' },
    { step: 'close', name: 'db', outcome: 'done' },
  ])
  expect(told).toEqual(['db closed'])
  expect(exitCode).toBe(1)
})

test('background work that a drained hook has begun is waited for before anything is closed', async () => {
  const { lifecycle, told } = await started()
  lifecycle.addHook('drained', async () => {
    void lifecycle.waitUntil(afterATurn().then(() => told.push('outbox sent')))
  })

  const { steps, exitCode } = await lifecycle.shutdown()

  expect(told).toEqual(['outbox sent', 'db closed'])
  expect(steps).toMatchObject([{}, { step: 'drained', name: 'waitUntil', outcome: 'done' }, { name: 'db' }])
  expect(exitCode).toBe(0)
})

test('background work that is begun while closing is waited for', async () => {
  const { lifecycle, told } = await started()
  lifecycle.addHook('close', async () => {
    void lifecycle.waitUntil(afterATurn().then(() => told.push('spans sent')))
  })

  const { steps, exitCode } = await lifecycle.shutdown()

  expect(told).toEqual(['db closed', 'spans sent'])
  expect(steps.at(-1)).toMatchObject({ step: 'close', name: 'waitUntil', outcome: 'done' })
  expect(exitCode).toBe(0)
})

test('background work that outlives the close is cut at its limit, and makes the exit unclean', async () => {
  const { lifecycle } = await started({ close: '1s' })
  lifecycle.addHook('close', async () => void lifecycle.waitUntil(new Promise(() => {})))

  const { steps, close, exitCode } = await lifecycle.shutdown()

  expect(steps.at(-1)).toMatchObject({ step: 'close', name: 'waitUntil', outcome: 'overran' })
  expect(close.usedMs).toBeGreaterThan(990)
  expect(close.usedMs).toBeLessThan(10_000)
  expect(exitCode).toBe(1)
})

test('background work that fails is logged, and the drain goes on', async () => {
  const { lifecycle, lines } = await started()
  const work = Promise.reject(new Error('the mailer is gone'))
  await expect(lifecycle.waitUntil(work)).rejects.toThrow('the mailer is gone')

  expect(await lifecycle.shutdown()).toMatchObject({ steps: [{ name: 'db' }], exitCode: 0 })
  expect(lines).toContainEqual({
    level: 'error',
    message: 'background work failed',
    fields: { error: 'the mailer is gone' },
  })
})

test('what is no promise is refused with what to do', async () => {
  const { lifecycle } = await started()
  // @ts-expect-error -- a function is no work that has begun
  expect(() => lifecycle.waitUntil(async () => {})).toThrow(
    expect.objectContaining({ code: 'TIDEGATE_CONFIG', message: expect.stringContaining('a function') as string }),
  )
  await lifecycle.shutdown()
})
