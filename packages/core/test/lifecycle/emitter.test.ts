import { expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Logger } from '../../src/index.ts'
import { Emitter } from '../../src/lifecycle/emitter.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const DRAIN_STEP = { step: 'drained', requests: 0, connections: 0 } as const

test('a subscriber that throws, or is async and rejects, is logged, and the others still hear', async () => {
  const { logger, lines } = createRecordingLogger()
  const emitter = new Emitter(logger)
  const heard: string[] = []
  emitter.on('drain', () => {
    throw new Error('slack is down')
  })
  const page = (): unknown => Promise.reject(new Error('pager is down: https://me:secret@pager'))
  emitter.on('drain', page)
  emitter.on('drain', ({ step }) => void heard.push(step))

  emitter.emit('drain', DRAIN_STEP)
  await Promise.resolve()

  expect(heard).toEqual(['drained'])
  expect(lines).toEqual([
    { level: 'error', message: 'a subscriber threw', fields: { event: 'drain', error: 'slack is down' } },
    {
      level: 'error',
      message: 'a subscriber threw',
      fields: { event: 'drain', error: 'pager is down: https://***@pager' },
    },
  ])
})

test('one function subscribed twice hears twice, until each subscription is ended', () => {
  const emitter = new Emitter(createRecordingLogger().logger)
  let times = 0
  const listener = (): void => void times++
  const ends = [emitter.on('drain', listener), emitter.on('drain', listener)]

  emitter.emit('drain', DRAIN_STEP)
  ends[0]?.()
  ends[0]?.()
  emitter.emit('drain', DRAIN_STEP)
  ends[1]?.()
  emitter.emit('drain', DRAIN_STEP)

  expect(times).toBe(3)
})

test.each(['foo', 'toString', '__proto__'])('there is no event %s', (event) => {
  expect(() => createLifecycle({ logger: false }).on(event as 'phase', () => {})).toThrow(
    expect.objectContaining({
      code: 'TIDEGATE_CONFIG',
      message: `there is no "${event}" event; there are phase, readiness, health, check, warmup, fleet, drain, stopped`,
    }),
  )
})

test.each([5, undefined, 'ready'])('%s is no subscriber', (listener) => {
  expect(() => createLifecycle({ logger: false }).on('phase', listener as never)).toThrow(
    expect.objectContaining({ code: 'TIDEGATE_CONFIG', message: "on('phase', listener) needs a function" }),
  )
})

test('a logger that throws harms nothing', async () => {
  const broken = (): never => {
    throw new Error('the transport has exited')
  }
  const logger: Logger = { debug: broken, info: broken, warn: broken, error: broken }
  const closed: string[] = []
  const lifecycle = createLifecycle({
    dependencies: [
      {
        name: 'db',
        async warmUp(context) {
          context.logger.info({}, 'connecting')
        },
        check() {},
        async close(context) {
          context.logger.info({}, 'closing')
          closed.push('db')
        },
      },
      { name: 'queue', close: () => Promise.reject(new Error('the broker is gone')) },
    ],
    shutdown: { signals: false, linger: false },
    logger,
  })
  lifecycle.on('phase', () => {
    throw new Error('a subscriber to complain of')
  })

  await lifecycle.start()
  await lifecycle.whenReady()
  lifecycle.hold('deploying')()
  const { steps } = await lifecycle.shutdown()

  expect(closed).toEqual(['db'])
  expect(steps).toMatchObject([
    { name: 'queue', outcome: 'failed', error: 'the broker is gone' },
    { name: 'db', outcome: 'done' },
  ])
})
