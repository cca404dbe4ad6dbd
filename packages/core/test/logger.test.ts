import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { createLifecycle } from '../src/index.ts'
import { createJsonLogger, guardLogger } from '../src/logger.ts'

let written: string[]

beforeEach(() => {
  written = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
})

afterEach(() => void vi.restoreAllMocks())

/** The lines that were written, each of them JSON and ended by its own newline. */
function lines(): Record<string, unknown>[] {
  return written.map((text) => {
    expect(text).toMatch(/^[^\n]+\n$/)
    return JSON.parse(text) as Record<string, unknown>
  })
}

test('a line is JSON: when, how bad, who, the fields, and the message', () => {
  const logger = createJsonLogger({ service: 'shop' })

  logger.info({ rows: 3 }, 'loaded')
  logger.warn({}, 'slow')
  logger.error({}, 'gone')
  logger.debug({}, 'for nobody')

  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string
  expect(lines()).toEqual([
    { time, level: 'info', service: 'shop', rows: 3, msg: 'loaded' },
    { time, level: 'warn', service: 'shop', msg: 'slow' },
    { time, level: 'error', service: 'shop', msg: 'gone' },
  ])
})

test('a BigInt is written as its digits', () => {
  createJsonLogger().info({ offset: 9_007_199_254_740_993n, nested: { lag: [1n] } }, 'consumed')

  expect(lines()).toMatchObject([{ offset: '9007199254740993', nested: { lag: ['1'] } }])
})

test('an Error is written with what JSON would leave out of it, at any depth', () => {
  const error = Object.assign(new TypeError('no route to host'), { code: 'EHOSTUNREACH' })

  createJsonLogger().error({ error, attempts: [{ error }] }, 'failed')

  const shown = { name: 'TypeError', message: 'no route to host', code: 'EHOSTUNREACH', stack: error.stack }
  expect(lines()).toMatchObject([{ error: shown, attempts: [{ error: shown }] }])
})

test.each([
  [
    'go round in a circle',
    () => {
      const fields: { self?: object; rows: number } = { rows: 3 }
      fields.self = fields
      return fields
    },
  ],
  [
    'throw when they are turned into JSON',
    () => ({
      rows: 3,
      toJSON() {
        throw new Error('not now')
      },
    }),
  ],
  [
    'throw when they are read',
    () => ({
      rows: 3,
      get secret(): string {
        throw new Error('not yours')
      },
    }),
  ],
])('fields that %s are still told, by whom and how bad', (_, fields) => {
  createJsonLogger({ service: 'shop' }).warn(fields(), 'odd')

  expect(lines()).toEqual([
    expect.objectContaining({ time: expect.any(String) as string, level: 'warn', service: 'shop', msg: 'odd' }),
  ])
  expect(written.join('')).toContain('rows')
})

test('the name, the version and the instance of the service are on every line of a lifecycle', async () => {
  const lifecycle = createLifecycle({
    service: { name: 'shop', version: '1.4.2', instance: 'pod-7' },
    dependencies: [{ name: 'db', warmUp: async ({ logger }) => logger.info({ size: 10 }, 'pool filled') }],
    shutdown: { signals: false },
  })
  await lifecycle.start()
  await lifecycle.whenReady()
  await lifecycle.shutdown()

  const service = { service: 'shop', version: '1.4.2', instance: 'pod-7' }
  const all = lines()
  expect(all.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['phase warming', 'pool filled', 'stopped']))
  for (const line of all) expect(line).toMatchObject(service)
})

test('a guarded logger says what the logger says, and never throws', () => {
  const logger = createJsonLogger()
  guardLogger(logger).info({ rows: 3 }, 'loaded')
  expect(lines()).toMatchObject([{ level: 'info', rows: 3, msg: 'loaded' }])

  vi.mocked(process.stderr.write).mockImplementation(() => {
    throw new Error('EPIPE')
  })
  expect(() => logger.info({}, 'loaded')).toThrow('EPIPE')
  for (const level of ['info', 'warn', 'error'] as const) guardLogger(logger)[level]({}, 'loaded')
})
