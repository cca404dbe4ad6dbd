import { createServer } from 'node:http'

import { expect, it } from 'vitest'

import { createTerminus, HealthCheckError } from '../src/index.ts'
import type { HealthCheckMap, TerminusOptions } from '../src/index.ts'
import { BOTH, OURS, THEIRS } from './support/implementations.ts'
import type { Implementation } from './support/implementations.ts'
import { listenTo, serve } from './support/serve.ts'

const never = (): Promise<never> => new Promise(() => {})
const passing: HealthCheckMap = { '/health': async () => {} }

it('each server keeps its own bodies', async () => {
  const bodies = async (implementation: Implementation) => {
    const first = await serve({ implementation, options: { healthChecks: passing, statusOkResponse: { is: 'first' } } })
    await serve({ implementation, options: { healthChecks: passing, statusOkResponse: { is: 'second' } } })
    return (await first.ask('/health')).body
  }
  expect(await bodies(THEIRS)).toBe('{"is":"second"}')
  expect(await bodies(OURS)).toBe('{"is":"first"}')
})

it('an answer carries nothing over from earlier ones', async () => {
  const lastBody = async (implementation: Implementation) => {
    const healthChecks: HealthCheckMap = { '/a': async () => ({ a: 1 }), '/b': async () => ({ b: 2 }), verbatim: true }
    const { ask } = await serve({ implementation, options: { healthChecks } })
    await ask('/a')
    return (await ask('/b')).body
  }
  expect(await lastBody(THEIRS)).toBe('{"status":"ok","a":1,"b":2}')
  expect(await lastBody(OURS)).toBe('{"status":"ok","b":2}')
})

it("the caller's options are left as they are", async () => {
  const given = (): TerminusOptions => ({
    signals: ['SIGINT'],
    caseInsensitive: true,
    healthChecks: { '/A': async () => 1 },
  })
  const theirs = given()
  await serve({ implementation: THEIRS, options: theirs })
  expect([theirs.signals, Object.keys(theirs.healthChecks ?? {})]).toEqual([['SIGINT', 'SIGTERM'], ['/a']])

  const ours = given()
  const frozen = Object.freeze({
    ...ours,
    signals: Object.freeze(ours.signals) as string[],
    statusOkResponse: Object.freeze({}),
  })
  const { ask } = await serve({ options: frozen })
  expect((await ask('/a')).body).toBe('{"info":1,"details":1}')
  expect(frozen.signals).toEqual(['SIGINT'])
})

it('__unsafeExposeStackTraces works with caseInsensitive', async () => {
  const body = async (implementation: Implementation) => {
    const check = async () => {
      throw new HealthCheckError('hidden', new Error('cause'))
    }
    const healthChecks = { '/health': check, __unsafeExposeStackTraces: true }
    const { ask } = await serve({ implementation, options: { caseInsensitive: true, healthChecks } })
    return (await ask('/health')).body
  }
  expect(await body(THEIRS)).not.toContain('stack')
  expect(await body(OURS)).toContain('"stack":"Error: cause')
})

it('a check that would leave its request unanswered is a failure', async () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const told: string[] = []
  const failing = (thrown: unknown) => async () => {
    throw thrown
  }
  const { ask } = await serve({
    options: {
      healthChecks: {
        '/undefined': failing(undefined),
        '/null': failing(null),
        '/circular': async () => circular,
        '/circular-causes': failing(Object.assign(new Error('hidden'), { causes: circular })),
        '/bigint': async () => 1n,
        '/status': failing(Object.assign(new Error('hidden'), { statusCode: 7_000 })),
      },
      statusErrorResponse: { is: 'down' },
      logger(text) {
        told.push(text)
        throw new Error('the logger fails, too')
      },
    },
  })
  for (const path of ['/undefined', '/null', '/circular', '/circular-causes', '/bigint', '/status']) {
    const { status, body } = await ask(path)
    expect([path, status, body]).toEqual([path, 503, '{"is":"down"}'])
  }
  expect(new Set(told)).toEqual(new Set(['healthcheck failed']))
})

it('options that no answer can be made of are answered with 503', async () => {
  for (const options of [{ statusError: 7_000 }, { headers: { 'X-Bad': 'line\nbreak' } }]) {
    const { ask } = await serve({ options: { ...options, healthChecks: { '/health': async () => Promise.reject() } } })
    expect(await ask('/health')).toMatchObject({ status: 503, body: '{"status":"error"}' })
  }
})

it('a failing onSendFailureDuringShutdown leaves no request unanswered', async () => {
  const onSendFailureDuringShutdown = async () => {
    throw new Error('nobody to tell')
  }
  const options = { healthChecks: passing, onSendFailureDuringShutdown, beforeShutdown: never }
  const { ask, signal } = await serve({ options })
  signal()
  expect(await ask('/health')).toMatchObject({ status: 503, body: '{"status":"error"}' })
})

it('headers are sent while shutting down, too', async () => {
  const header = async (implementation: Implementation) => {
    const options = { healthChecks: passing, headers: { 'X-One': '1' }, beforeShutdown: never }
    const { ask, signal } = await serve({ implementation, options })
    signal()
    return (await ask('/health')).headers['x-one']
  }
  expect(await header(THEIRS)).toBeUndefined()
  expect(await header(OURS)).toBe('1')
})

it('headers that are changed later are sent', async () => {
  for (const implementation of BOTH) {
    const headers = { 'X-Version': 'old' }
    const { ask } = await serve({ implementation, options: { healthChecks: passing, headers } })
    headers['X-Version'] = 'new'
    expect((await ask('/health')).headers['x-version']).toBe('new')
  }
})

it('answers have a Content-Length', async () => {
  const framing = async (implementation: Implementation) => {
    const { ask } = await serve({ implementation, options: { healthChecks: passing } })
    const { headers } = await ask('/health')
    return [headers['content-length'], headers['transfer-encoding']]
  }
  expect(await framing(THEIRS)).toEqual([undefined, 'chunked'])
  expect(await framing(OURS)).toEqual(['15', undefined])
})

it('health checks are answered ahead of listeners added later, and without any', async () => {
  const late = await serve({ options: { healthChecks: passing } })
  late.server.on('request', (_request, response) => response.end('late'))
  expect((await late.ask('/health')).body).toBe('{"status":"ok"}')

  const { ask } = await listenTo(createServer(), OURS, { healthChecks: passing })
  expect((await ask('/health')).body).toBe('{"status":"ok"}')
})

it('nothing of stoppable is left on the server', async () => {
  const properties = async (implementation: Implementation) => {
    const { server } = await serve({ implementation })
    return ['stop' in server, '_pendingSockets' in server]
  }
  expect(await properties(THEIRS)).toEqual([true, true])
  expect(await properties(OURS)).toEqual([false, false])
})

it('what cannot be drained is refused', async () => {
  expect(() => createTerminus({ on() {}, listeners: () => [] })).toThrow('this is no server that answers requests')
  const { server } = await serve()
  expect(() => createTerminus(server)).toThrow('this server is the one of another lifecycle')
})

it('keepAliveTimeout is left as it is', async () => {
  const server = createServer()
  const { keepAliveTimeout } = server
  await listenTo(server, OURS)
  expect(server.keepAliveTimeout).toBe(keepAliveTimeout)
})
