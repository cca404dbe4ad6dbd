import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, LifecycleOptions, RequestHandler } from '@tidegate/core'
import { createRecordingLogger } from '@tidegate/testing'
import type { LogLine } from '@tidegate/testing'
import express from 'express'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { orca } from '../src/index.ts'
import type { OrcaOptions } from '../src/index.ts'
import { createLoadMeter } from '../src/load-meter.ts'
import type { Load } from '../src/load-meter.ts'
import { createLoadReport, formatLoadReport } from '../src/load-report.ts'
import { readOrcaOptions } from '../src/orca-options.ts'
import { OrcaReports } from '../src/orca.ts'

const HEADER = 'endpoint-load-metrics'
const WISH = 'endpoint-load-metrics-format'
const LOAD: Load = { cpu: 0.25, memory: 0.5, loop: 0.4, answersPerSecond: 120, errorsPerSecond: 1.5 }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Service {
  readonly lifecycle: Lifecycle
  readonly reports: OrcaReports
  readonly lines: readonly LogLine[]
  /** The statuses that were counted. */
  readonly counted: number[]
  /** The header of an answer. */
  ask(format?: string, path?: string): Promise<string | null>
}

async function serve(
  options: OrcaOptions = {},
  {
    handler = (_request, response) => response.end('served'),
    ...more
  }: LifecycleOptions & { handler?: RequestHandler } = {},
): Promise<Service> {
  const { logger, lines } = createRecordingLogger()
  const lifecycle: Lifecycle = createLifecycle<string>({ shutdown: { signals: false, linger: false }, logger, ...more })
  const counted: number[] = []
  const timers = vi.getTimerCount()
  const reports = new OrcaReports(lifecycle, readOrcaOptions(lifecycle, options), () => ({
    answered: (status) => counted.push(status),
    read: () => LOAD,
  }))
  expect(vi.getTimerCount()).toBe(timers)
  const server = await lifecycle.listen(handler, 0, '127.0.0.1')
  onTestFinished(async () => void (await lifecycle.shutdown()))
  await lifecycle.whenReady()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    lifecycle,
    reports,
    lines,
    counted,
    async ask(format, path = '/') {
      const answer = await fetch(url + path, { headers: format === undefined ? {} : { [WISH]: format } })
      await answer.arrayBuffer()
      return answer.headers.get(HEADER)
    },
  }
}

const TEXT = 'TEXT application_utilization=0.4,cpu_utilization=0.25,mem_utilization=0.5,rps_fractional=120,eps=1.5'

describe('the header', () => {
  test('comes with the form that a request asks for, once there is a reading, and only then', async () => {
    const { ask } = await serve()
    expect(await ask('TEXT')).toBeNull()
    vi.advanceTimersByTime(1_000)

    expect(await ask('TEXT')).toBe(TEXT)
    expect(await ask('text')).toBe(TEXT)
    const json = (await ask('JSON')) ?? ''
    expect(json).toMatch(/^JSON \{/)
    expect(JSON.parse(json.slice(5))).toEqual({
      application_utilization: 0.4,
      cpu_utilization: 0.25,
      mem_utilization: 0.5,
      rps_fractional: 120,
      eps: 1.5,
      named_metrics: {},
    })
    expect([await ask(), await ask('BIN'), await ask('TEXT', '/readyz')]).toEqual([null, null, null])
  })

  test('comes with every answer when that is wanted, in the form that was given unless a request asks for another', async () => {
    const always = await serve({ when: 'always' })
    const json = await serve({ when: 'always', format: 'JSON' })
    vi.advanceTimersByTime(1_000)

    expect(await always.ask()).toBe(TEXT)
    expect(await always.ask('BIN')).toBe(TEXT)
    expect(await json.ask()).toMatch(/^JSON /)
    expect(await json.ask('TEXT')).toBe(TEXT)
    expect(await json.ask(undefined, '/readyz')).toBeNull()
  })

  test('is on an error of a framework that takes all other headers back', async () => {
    const app = express()
    app.set('env', 'test')
    app.get('/', () => {
      throw new Error('broken')
    })
    const { ask, counted } = await serve({ when: 'always' }, { handler: app })
    vi.advanceTimersByTime(1_000)
    expect(await ask()).toBe(TEXT)
    expect(counted).toEqual([500])
  })

  test('is on answers of HTTP/2', async () => {
    const { lifecycle } = await serve({ when: 'always' })
    const http2 = createHttp2Server((_request, response) => response.end('served'))
    await lifecycle.listen(http2, 0, '127.0.0.1')
    vi.advanceTimersByTime(1_000)
    const session = connectHttp2(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`)
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':path': '/' })
    let headers: Readonly<Record<string, unknown>> = {}
    stream.once('response', (came) => (headers = came))
    expect(await text(stream)).toBe('served')
    expect(headers[HEADER]).toBe(TEXT)
  })

  test('is gone when it is taken back, and with the lifecycle goes its timer', async () => {
    const { lifecycle, reports, ask } = await serve({ when: 'always' })
    vi.advanceTimersByTime(1_000)
    expect(vi.getTimerCount()).toBe(1)
    reports.stop()
    expect(await ask()).toBeNull()
    expect(vi.getTimerCount()).toBe(0)

    orca(lifecycle)
    expect(vi.getTimerCount()).toBe(1)
    await lifecycle.shutdown()
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('what was refused is not counted', async () => {
  const { ask, counted } = await serve(
    {},
    {
      handler({ url }, response) {
        response.writeHead(url === '/' ? 200 : 503, url === '/busy' ? { 'retry-after': '1' } : {}).end()
      },
    },
  )
  for (const path of ['/', '/busy', '/broken']) await ask('TEXT', path)
  expect(counted).toEqual([200, 503])
})

describe('measures of the user', () => {
  test('are sent by name', async () => {
    const { ask } = await serve({ metrics: () => ({ queue: 3, 'cache.hits': 0.75 }) })
    vi.advanceTimersByTime(1_000)
    expect(await ask('TEXT')).toBe(`${TEXT},named_metrics.queue=3,named_metrics.cache.hits=0.75`)
    expect(await ask('JSON')).toContain('"named_metrics":{"queue":3,"cache.hits":0.75}')
  })

  test.each<[string, () => Record<string, number>, string]>([
    ['a broken name', () => ({ 'a,b': 1, ok: 1 }), ',named_metrics.ok=1'],
    ['no number', () => ({ a: Number.NaN, b: '1' as unknown as number, ok: 1 }), ',named_metrics.ok=1'],
    [
      'an error',
      () => {
        throw new Error('broken')
      },
      '',
    ],
  ])('with %s are left out, which is said once', async (_what, metrics, rest) => {
    const { ask, lines } = await serve({ metrics })
    vi.advanceTimersByTime(3_000)
    expect(await ask('TEXT')).toBe(TEXT + rest)
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  })
})

describe('the report of a cold instance', () => {
  /** As client-side weighted round robin weighs. */
  function weigh(header: string): number {
    const report = readText(header)
    const { application_utilization: utilization = 0, rps_fractional: qps = 0 } = report
    return qps / utilization
  }

  test('gets it its share from client-side weighted round robin, however busy it is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 1, max: 10_000, noNaN: true }),
        (weight, loop, answersPerSecond) => {
          const load = { ...LOAD, loop, answersPerSecond }
          const [cold, warm] = [weight, 1].map((one) => weigh(formatLoadReport(createLoadReport(load, one, {})).TEXT))
          expect((cold ?? 0) / (warm ?? 1)).toBeCloseTo(weight, 2)
        },
      ),
    )
  })

  test('reports more utilization of both kinds, and nothing else that is not so', () => {
    const cold = createLoadReport(LOAD, 0.1, {})
    expect(cold).toEqual({ ...createLoadReport(LOAD, 1, {}), application_utilization: 4, cpu_utilization: 2.5 })
  })

  test('is a number that balancers take, also of one that is idle, or not ready', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (weight, busy) => {
          const load = { cpu: busy, loop: busy, memory: busy, answersPerSecond: 0, errorsPerSecond: 0 }
          const report = readText(formatLoadReport(createLoadReport(load, weight, {})).TEXT)
          expect(report['application_utilization']).toBeGreaterThan(0)
          expect(report['cpu_utilization']).toBeGreaterThan(0)
        },
      ),
    )
  })

  test('follows the weight of the lifecycle', async () => {
    const { ask } = await serve({}, { slowStart: { window: '1h', initial: 0.5 } })
    vi.advanceTimersByTime(1_000)
    expect(await ask('TEXT')).toContain('application_utilization=0.8,cpu_utilization=0.5,mem_utilization=0.5,')
  })
})

test('a real process is measured: busy while it works, answers and errors by the second', () => {
  const meter = createLoadMeter()
  for (const status of [200, 404, 500, 503]) meter.answered(status)
  const end = performance.now() + 100
  while (performance.now() < end);
  const { cpu, memory, loop, answersPerSecond, errorsPerSecond } = meter.read()

  for (const share of [cpu, memory, loop]) expect(share).toBeGreaterThan(0)
  for (const share of [cpu, memory, loop]) expect(share).toBeLessThanOrEqual(1)
  expect(answersPerSecond / errorsPerSecond).toBe(2)
  expect(answersPerSecond).toBeLessThanOrEqual(40)
})

test('what was longer ago than five readings does not count', () => {
  const meter = createLoadMeter()
  meter.answered(200)
  const seen = Array.from({ length: 6 }, () => meter.read().answersPerSecond > 0)
  expect(seen).toEqual([true, true, true, true, true, false])
})

test('what cannot work is refused, with every fault', () => {
  const lifecycle = createLifecycle({ logger: false })
  const faultOf = (given: unknown, options: unknown): string => {
    try {
      orca(given as Lifecycle, options as OrcaOptions)
    } catch (error) {
      return String(error)
    }
    return ''
  }
  expect(faultOf(lifecycle, { format: 'TEXT' })).toContain("it goes with when: 'always'")
  const fault = faultOf({}, { when: 'never', format: 'BIN', metrics: {}, metric: 1 })
  for (const part of ['the lifecycle is missing', 'when is "never"', 'format is "BIN"', 'metrics is', '"metrics"?']) {
    expect(fault).toContain(part)
  }
})

/** The form TEXT, by Envoy's rules: known names, none twice, finite numbers. */
function readText(header: string): Readonly<Record<string, number>> {
  expect(header).toMatch(/^TEXT /)
  const known = /^(?:(?:application|cpu|mem)_utilization|eps|rps_fractional|named_metrics\..+)$/
  const fields: Record<string, number> = {}
  for (const pair of header.slice('TEXT '.length).split(',')) {
    const [name = '', value = ''] = pair.split('=')
    expect(name).toMatch(known)
    expect(fields).not.toHaveProperty([name])
    expect(Number.isFinite(Number.parseFloat(value))).toBe(true)
    fields[name] = Number(value)
  }
  return fields
}
