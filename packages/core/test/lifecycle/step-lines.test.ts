import { expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

test('lines about a hook or about background work name no dependency', async () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = createLifecycle({
    logger,
    shutdown: { linger: false, requests: 50, signals: false },
    dependencies: [{ name: 'db', check() {}, close: () => Promise.reject(new Error('db broke')) }],
  })
  lifecycle.addHook('drained', async function flush(context) {
    context.logger.info({}, 'flushing')
    throw new Error('flush broke')
  })
  await lifecycle.start()
  await lifecycle.whenReady()
  void lifecycle.waitUntil(new Promise(() => {}))

  await lifecycle.shutdown()

  const fieldsOf = (message: string): unknown => lines.find((line) => line.message === message)?.fields
  expect(fieldsOf('flushing')).toEqual({ hook: 'flush' })
  expect(fieldsOf('drained of flush failed')).toMatchObject({ hook: 'flush' })
  expect(fieldsOf('drained of flush failed')).not.toHaveProperty('dependency')
  expect(fieldsOf('drain of waitUntil overran')).not.toHaveProperty('dependency')
  expect(fieldsOf('close of db failed')).toMatchObject({ dependency: 'db' })
})
