import { describe, expect, it } from 'vitest'

import type { HealthReport } from '../../src/health/health-report.ts'
import type { HttpAnswer } from '../../src/http-answer.ts'
import type { Probes } from '../../src/probes/probes.ts'
import { answerOf, dependencyReport, FakeSource, healthReport, MESSAGE, createProbes } from './report-fixture.ts'

type Details = 'none' | 'summary' | 'full'

function probesFor(
  report: HealthReport,
  { details = 'summary', alive = true }: { details?: Details; alive?: boolean } = {},
): Probes {
  const source = new FakeSource()
  source.change(report, { alive })
  return createProbes(source, { details })
}

function ask(probes: Probes, url: string, method = 'GET'): HttpAnswer {
  const answer = answerOf(probes, method, url)
  if (answer === undefined) throw new Error(`${url} is no probe`)
  return answer
}

function bodyOf(answer: HttpAnswer): Record<string, unknown> {
  return JSON.parse(answer.body) as Record<string, unknown>
}

const failing = dependencyReport({ status: 'fail', message: MESSAGE, data: { host: 'db.internal' } })

const READY = healthReport()
const DEGRADED = healthReport({ status: 'warn' })
const DATABASE_DOWN = healthReport({ status: 'fail', dependencies: { postgres: failing } })
const WARMING = healthReport({
  status: 'fail',
  phase: 'warming',
  ready: false,
  reasons: ['warming'],
  warmUp: {
    completed: false,
    warm: 0,
    total: 1,
    pending: { postgres: { progress: '3/10 connections', error: MESSAGE, attempt: 2 } },
  },
})
const DRAINING = healthReport({ phase: 'draining', ready: false, reasons: ['draining'] })
const HELD = healthReport({ ready: false, reasons: ['held: deploying 1.4.3 by alice'] })

describe('the status of each probe', () => {
  it.each([
    ['ready', READY, { livez: 200, startupz: 200, readyz: 200, healthz: 200 }],
    ['ready and degraded', DEGRADED, { livez: 200, startupz: 200, readyz: 200, healthz: 200 }],
    ['ready with the database down', DATABASE_DOWN, { livez: 200, startupz: 200, readyz: 200, healthz: 503 }],
    ['warming', WARMING, { livez: 200, startupz: 503, readyz: 503, healthz: 503 }],
    ['draining', DRAINING, { livez: 200, startupz: 200, readyz: 503, healthz: 503 }],
    ['held', HELD, { livez: 200, startupz: 200, readyz: 503, healthz: 503 }],
  ])('while %s', (_, report, expected) => {
    const probes = probesFor(report)
    const statuses = Object.keys(expected).map((path) => [path, ask(probes, `/${path}`).status])
    expect(Object.fromEntries(statuses)).toEqual(expected)
  })

  it('fails liveness, and nothing else, when a liveness check fails', () => {
    const probes = probesFor(READY, { alive: false })
    expect(ask(probes, '/livez').status).toBe(503)
    expect(bodyOf(ask(probes, '/livez'))).toMatchObject({ status: 'fail' })
    expect(ask(probes, '/readyz').status).toBe(200)
  })

  it.each([
    [READY, 'pass', 'pass'],
    [DEGRADED, 'warn', 'warn'],
    [DATABASE_DOWN, 'warn', 'fail'],
    [WARMING, 'fail', 'fail'],
    [DRAINING, 'fail', 'fail'],
  ])('says in the body what the status code says', (report, ready, health) => {
    const probes = probesFor(report)
    expect(bodyOf(ask(probes, '/readyz'))['status']).toBe(ready)
    expect(bodyOf(ask(probes, '/healthz'))['status']).toBe(health)
  })
})

describe('the answer', () => {
  it('is never cached, never sniffed, and counts its own bytes', () => {
    const report = healthReport({ service: { name: 'café 🌊' } })
    const { status, headers, body } = ask(probesFor(report), '/healthz')
    expect(status).toBe(200)
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    expect(body).toContain('café 🌊')
  })

  it('says when to come back while it is 503', () => {
    expect(ask(probesFor(WARMING), '/readyz').headers).toHaveProperty('retry-after', '1')
  })

  it.each(['GET', 'HEAD', 'OPTIONS'])('is the same for %s', (method) => {
    const probes = probesFor(READY)
    expect(ask(probes, '/healthz', method)).toBe(ask(probes, '/healthz'))
  })

  it.each(['POST', 'PUT', 'DELETE', 'get'])('refuses %s and says what is allowed', (method) => {
    const { status, headers } = ask(probesFor(READY), '/healthz', method)
    expect(status).toBe(405)
    expect(headers).toHaveProperty('allow', 'GET, HEAD, OPTIONS')
  })

  it('is none for what is no probe, whatever the method', () => {
    const probes = probesFor(READY)
    expect(answerOf(probes, 'GET', '/orders')).toBeUndefined()
    expect(answerOf(probes, 'POST', '/orders')).toBeUndefined()
  })

  it('is made once per version, however many ask', () => {
    const source = new FakeSource()
    const probes = createProbes(source)
    const first = ask(probes, '/healthz')
    for (let index = 0; index < 1_000; index += 1) expect(ask(probes, '/healthz?x')).toBe(first)
    expect(source.asked).toBe(1)
    source.change(DRAINING)
    expect(ask(probes, '/healthz').status).toBe(503)
    expect(source.asked).toBe(2)
  })

  it('follows liveness as well as the report', () => {
    const source = new FakeSource()
    const probes = createProbes(source)
    expect(ask(probes, '/livez').status).toBe(200)
    source.change(READY, { alive: false })
    expect(ask(probes, '/livez').status).toBe(503)
  })
})

describe('one dependency', () => {
  const report = healthReport({
    dependencies: { postgres: failing, redis: dependencyReport({ status: 'warn', critical: false }) },
  })

  it.each(['/healthz', '/readyz', '/livez'])('is answered under %s', (path) => {
    const probes = probesFor(report)
    expect(ask(probes, `${path}/postgres`).status).toBe(503)
    expect(bodyOf(ask(probes, `${path}/postgres`))).toEqual({ status: 'fail', critical: true })
    expect(ask(probes, `${path}/redis`).status).toBe(200)
    expect(bodyOf(ask(probes, `${path}/redis`))).toEqual({ status: 'warn', critical: false })
  })

  it('is told whole where full details are allowed, and by its status alone where none are', () => {
    expect(bodyOf(ask(probesFor(report, { details: 'full' }), '/healthz/postgres'))).toEqual(failing)
    expect(bodyOf(ask(probesFor(report, { details: 'none' }), '/healthz/postgres'))).toEqual({ status: 'fail' })
  })

  it('that there is not gets 404 with the names there are, unless details are withheld', () => {
    const answer = ask(probesFor(report), '/healthz/mysql')
    expect(answer.status).toBe(404)
    expect(bodyOf(answer)).toEqual({ error: 'no such dependency', dependencies: ['postgres', 'redis'] })
    const withheld = ask(probesFor(report, { details: 'none' }), '/healthz/mysql')
    expect(withheld.status).toBe(404)
    expect(bodyOf(withheld)).toEqual({ error: 'no such dependency' })
  })

  it('does not come from what every object has', () => {
    const probes = probesFor(report)
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect(ask(probes, `/healthz/${name}`).status).toBe(404)
    }
  })

  it('that there is not costs no memory, whatever names are tried', () => {
    const source = new FakeSource()
    const probes = createProbes(source)
    const first = ask(probes, '/healthz/a')
    for (let index = 0; index < 100; index += 1) expect(ask(probes, `/healthz/a${index}`)).toBe(first)
  })
})

describe('details', () => {
  it('none: the status alone, on every path', () => {
    const probes = probesFor(WARMING, { details: 'none' })
    for (const path of ['/livez', '/readyz', '/startupz', '/healthz']) {
      expect(Object.keys(bodyOf(ask(probes, path)))).toEqual(['status'])
    }
  })

  it('summary: names and states', () => {
    expect(bodyOf(ask(probesFor(DATABASE_DOWN), '/healthz'))).toEqual({
      status: 'fail',
      phase: 'ready',
      reasons: [],
      service: { name: 'shop', version: '1.4.2' },
      dependencies: { postgres: { status: 'fail', critical: true } },
    })
  })

  it('summary: how far the warm-up is, on the startup probe, and on readiness while it is all that is missing', () => {
    const probes = probesFor(WARMING)
    const warmUp = {
      completed: false,
      warm: 0,
      total: 1,
      pending: { postgres: { attempt: 2, progress: '3/10 connections' } },
    }
    expect(bodyOf(ask(probes, '/startupz'))['warmUp']).toEqual(warmUp)
    expect(bodyOf(ask(probes, '/readyz'))['warmUp']).toEqual(warmUp)
    expect(bodyOf(ask(probes, '/healthz'))).not.toHaveProperty('warmUp')
    expect(bodyOf(ask(probesFor(READY), '/readyz'))).not.toHaveProperty('warmUp')
  })

  it('summary: that it is held, but not why', () => {
    const held = healthReport({ ready: false, reasons: ['draining', 'held: deploying 1.4.3 by alice', 'postgres'] })
    expect(bodyOf(ask(probesFor(held), '/readyz'))['reasons']).toEqual(['draining', 'held', 'postgres'])
  })

  it.each(['none', 'summary'] as const)('%s: never a message, an address, or a reason in words', (details) => {
    const report = healthReport({
      ...WARMING,
      reasons: ['held: deploying 1.4.3 by alice', 'warming'],
      dependencies: { postgres: { ...failing, rootCause: 'network' } },
    })
    const probes = probesFor(report, { details })
    for (const path of ['/livez', '/readyz', '/startupz', '/healthz', '/healthz/postgres', '/healthz/none']) {
      const { body } = ask(probes, path)
      for (const secret of [MESSAGE, 'password', 'alice', 'db.internal', 'latency', 'host-1']) {
        expect(body).not.toContain(secret)
      }
    }
  })

  it('full: everything in the report, with the verdict of the probe', () => {
    const report = healthReport({ ...WARMING, dependencies: { postgres: failing } })
    const { dependencies, phase, ready, reasons, service, warmUp } = report
    expect(bodyOf(ask(probesFor(report, { details: 'full' }), '/healthz'))).toEqual({
      status: 'fail',
      phase,
      ready,
      reasons,
      service,
      warmUp,
      dependencies,
    })
  })

  it('full: why it is held', () => {
    const body = bodyOf(ask(probesFor(HELD, { details: 'full' }), '/readyz'))
    expect(body['reasons']).toEqual(['held: deploying 1.4.3 by alice'])
  })
})
