import { describe, expect, it } from 'vitest'

import type { Prober } from '../../../src/probes/probers/prober.ts'
import { createRecordingLogger } from '../../support/recording-logger.ts'
import { answerOf, createProbes, FakeSource, healthReport } from '../report-fixture.ts'

const DRAINING = new FakeSource(healthReport({ phase: 'draining', ready: false, reasons: ['draining'] }))
const HELD = new FakeSource(healthReport({ ready: false, reasons: ['held: x'] }))

const statusesOf = (probes: ReturnType<typeof createProbes>): unknown =>
  ['/livez', '/startupz', '/readyz', '/healthz', '/healthz/postgres', '/healthz/nobody'].map(
    (path) => answerOf(probes, 'GET', path)?.status,
  )

describe('drainStatus', () => {
  it('is what readiness and health answer while leaving, and nothing else does', () => {
    expect(statusesOf(createProbes(DRAINING))).toEqual([200, 200, 503, 503, 200, 404])
    expect(statusesOf(createProbes(DRAINING, { drainStatus: 404 }))).toEqual([200, 200, 404, 404, 200, 404])
    expect(statusesOf(createProbes(HELD, { drainStatus: 404 }))).toEqual([200, 200, 503, 503, 200, 404])
  })

  it.each(['draining', 'closing', 'stopped'] as const)('holds in phase %s', (phase) => {
    const source = new FakeSource(healthReport({ phase, ready: false, reasons: ['draining'] }))
    expect(answerOf(createProbes(source, { drainStatus: 404 }), 'GET', '/healthz')?.status).toBe(404)
  })

  it('says when to come back with a 503 only, and goes on saying why in the body', () => {
    const answer = answerOf(createProbes(DRAINING, { drainStatus: 404 }), 'GET', '/healthz')
    expect(answer?.headers).not.toHaveProperty('retry-after')
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: 'fail', reasons: ['draining'] })
    expect(answerOf(createProbes(DRAINING), 'GET', '/healthz')?.headers).toHaveProperty('retry-after', '1')
  })

  it('may be another for each prober', () => {
    const drainStatus = ({ userAgent, kind, address }: Prober): number => {
      if (userAgent?.startsWith('kube-probe/')) return 200
      return kind === 'health' && address === '10.0.0.9' ? 404 : 503
    }
    const probes = createProbes(DRAINING, { drainStatus })
    expect(answerOf(probes, 'GET', '/readyz', { 'user-agent': 'kube-probe/1.33' })?.status).toBe(200)
    expect(answerOf(probes, 'OPTIONS', '/healthz')?.status).toBe(404)
    expect(answerOf(probes, 'GET', '/readyz')?.status).toBe(503)
  })

  it.each([[() => 204], [() => 99], [() => '404'], [() => fail()]])('is 503 for what makes no sense (%#)', (option) => {
    const { logger, lines } = createRecordingLogger()
    const probes = createProbes(DRAINING, { drainStatus: option as () => number, logger })
    for (let asked = 0; asked < 3; asked++) expect(answerOf(probes, 'GET', '/healthz')?.status).toBe(503)
    expect(lines.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^probes\.drainStatus (?:returned|threw)/),
    ])
  })

  it('is that of an added form, too', () => {
    const probes = createProbes(DRAINING, { drainStatus: 404 })
    probes.formats.add('text/html', ({ status }) => ({ body: String(status) }))
    expect(answerOf(probes, 'GET', '/healthz', { accept: 'text/html' })).toMatchObject({ status: 404, body: '404' })
  })
})

describe('envoy', () => {
  const degraded = new FakeSource(healthReport({ status: 'warn' }))

  it('tells of a degraded service, and says nothing of it unless asked to', () => {
    expect(answerOf(createProbes(degraded), 'GET', '/healthz')?.headers).not.toHaveProperty('x-envoy-degraded')
    const probes = createProbes(degraded, { envoy: true })
    probes.formats.add('text/html', () => ({ body: '' }))
    for (const accept of ['*/*', 'text/plain', 'application/health+json', 'text/html']) {
      const answer = answerOf(probes, 'GET', '/healthz', { accept })
      expect(answer).toMatchObject({ status: 200, headers: { 'x-envoy-degraded': 'true' } })
    }
    const well = createProbes(new FakeSource(), { envoy: true })
    expect(answerOf(well, 'GET', '/healthz')?.headers).not.toHaveProperty('x-envoy-degraded')
  })

  it('says while leaving, on every probe, that nothing more is to be sent', () => {
    const probes = createProbes(DRAINING, { envoy: true })
    for (const path of ['/livez', '/readyz', '/healthz/postgres']) {
      expect(answerOf(probes, 'GET', path)?.headers).toHaveProperty('x-envoy-immediate-health-check-fail', 'true')
    }
    const ready = createProbes(new FakeSource(), { envoy: true })
    expect(answerOf(ready, 'GET', '/readyz')?.headers).not.toHaveProperty('x-envoy-immediate-health-check-fail')
  })
})

function fail(): never {
  throw new Error('nobody')
}
