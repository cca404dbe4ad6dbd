import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { HealthReport } from '../../../src/health/health-report.ts'
import { LONGEST_BODY } from '../../../src/probes/forms/probe-body.ts'
import type { ProbeDetails } from '../../../src/probes/forms/probe-details.ts'
import { answerOf, dependencyReport, FakeSource, healthReport, MESSAGE, createProbes } from '../report-fixture.ts'

const PLAIN = { accept: 'text/plain' }

const postgres = dependencyReport({ status: 'fail', message: MESSAGE })
const redis = dependencyReport({ critical: false })
const disk = dependencyReport({ status: 'warn', critical: false, message: '91 % full' })

const READY = healthReport({ dependencies: { postgres: dependencyReport(), redis } })
const DATABASE_DOWN = healthReport({ status: 'fail', dependencies: { postgres, redis } })
const DEGRADED = healthReport({
  status: 'warn',
  dependencies: { postgres: dependencyReport(), redis: { ...postgres, critical: false }, disk },
})
const DRAINING = healthReport({ phase: 'draining', ready: false, reasons: ['draining'] })
const HELD = healthReport({ ready: false, reasons: ['held: deploying by alice'] })
const WARMING = healthReport({
  phase: 'warming',
  status: 'fail',
  ready: false,
  reasons: ['warming'],
  warmUp: {
    completed: false,
    warm: 0,
    total: 1,
    pending: { postgres: { attempt: 2, progress: '3/10 connections', error: MESSAGE } },
  },
})

function textOf(
  report: HealthReport,
  url: string,
  { details = 'summary', alive = true }: { details?: ProbeDetails; alive?: boolean } = {},
): string {
  const source = new FakeSource()
  source.livenessChecks = ['disk'].filter((name) => name in report.dependencies)
  source.change(report, { alive })
  const answer = answerOf(createProbes(source, { details }), 'GET', url, PLAIN)
  expect(answer?.headers['content-type']).toBe('text/plain; charset=utf-8')
  return `${answer?.status} ${answer?.body}`
}

describe('the text form', () => {
  it.each(['/livez', '/readyz', '/startupz', '/healthz', '/healthz/postgres'])('says no more than ok of %s', (url) => {
    expect(textOf(READY, url)).toBe('200 ok')
  })

  it.each([
    ['/healthz?verbose', READY, '200 [+]lifecycle ok\n[+]postgres ok\n[+]redis ok\nhealthz check passed\n'],
    ['/livez?verbose', READY, '200 [+]lifecycle ok\nlivez check passed\n'],
    ['/startupz?verbose', READY, '200 [+]lifecycle ok\n[+]postgres ok\n[+]redis ok\nstartupz check passed\n'],
    ['/healthz/redis?verbose', READY, '200 [+]redis ok\nredis check passed\n'],
  ])('has a line for everything with ?verbose, as in %s', (url, report, expected) => {
    expect(textOf(report, url)).toBe(expected)
  })

  it('is verbose whenever it fails, and withholds the reason', () => {
    expect(textOf(DATABASE_DOWN, '/healthz')).toBe(
      '503 [+]lifecycle ok\n[-]postgres failed: reason withheld\n[+]redis ok\nhealthz check failed\n',
    )
    expect(textOf(DATABASE_DOWN, '/healthz/postgres')).toBe(
      '503 [-]postgres failed: reason withheld\npostgres check failed\n',
    )
    expect(textOf(DRAINING, '/readyz')).toMatch(/^503 \[-\]lifecycle failed: draining\n/)
    expect(textOf(HELD, '/readyz')).toMatch(/^503 \[-\]lifecycle failed: held\n/)
    expect(textOf(WARMING, '/startupz')).toBe(
      '503 [+]lifecycle ok\n[-]postgres failed: 3/10 connections\n[+]redis ok\nstartupz check failed\n',
    )
  })

  it('gives the reason where details are allowed', () => {
    expect(textOf(DATABASE_DOWN, '/healthz', { details: 'full' })).toContain(`[-]postgres failed: ${MESSAGE}\n`)
    expect(textOf(HELD, '/readyz', { details: 'full' })).toContain('[-]lifecycle failed: held: deploying by alice\n')
    expect(textOf(WARMING, '/startupz', { details: 'full' })).toContain(`[-]postgres failed: ${MESSAGE}\n`)
    expect(textOf(WARMING, '/readyz')).toContain('[-]postgres failed: 3/10 connections\n')
    const { pending, ...warmUp } = WARMING.warmUp
    const timed = Object.assign({}, pending['postgres'], { remainingMs: 4_200 })
    const report = { ...WARMING, warmUp: { ...warmUp, pending: { postgres: timed } } }
    expect(textOf(report, '/startupz')).toContain('[-]postgres failed: 3/10 connections, about 5 s left\n')
  })

  it('tells what fails this probe from what is only worth a look', () => {
    expect(textOf(DEGRADED, '/healthz?verbose')).toBe(
      '200 [+]lifecycle ok\n[+]postgres ok\n[!]redis failed: reason withheld\n[!]disk warned: reason withheld\nhealthz check passed\n',
    )
    // A remote one that fails after the start does not count for readiness.
    expect(textOf(DATABASE_DOWN, '/readyz?verbose')).toMatch(/^200 .*\[!\]postgres failed/s)
  })

  it('names on /livez the checks that liveness hangs on, and no others', () => {
    const report = healthReport({ dependencies: { postgres, disk: { ...disk, status: 'fail' } } })
    expect(textOf(report, '/livez', { alive: false })).toBe(
      '503 [+]lifecycle ok\n[-]disk failed: reason withheld\nlivez check failed\n',
    )
  })

  it('names nothing where no details are allowed', () => {
    expect(textOf(DATABASE_DOWN, '/healthz?verbose', { details: 'none' })).toBe('503 healthz check failed\n')
    expect(textOf(READY, '/healthz?verbose&exclude=x', { details: 'none' })).toBe('200 healthz check passed\n')
  })

  it('says of a dependency that there is not, and does not repeat its name', () => {
    expect(textOf(READY, '/healthz/<b>')).toBe('404 no such dependency\n')
  })

  it('is given for ?verbose whatever is accepted', () => {
    const probes = createProbes(new FakeSource(READY))
    const answer = answerOf(probes, 'GET', '/healthz?verbose=1', { accept: 'text/html, application/json' })
    expect(answer?.body).toMatch(/check passed\n$/)
  })

  it('fits however much there is to say, and shows what fails first', () => {
    const names = Array.from({ length: 200 }, (_, index) => `dependency-${index}`)
    const dependencies = Object.fromEntries(
      names.map((name, index) => [name, { ...(index === 150 ? postgres : redis), message: 'é'.repeat(400) }]),
    )
    for (const details of ['summary', 'full'] as const) {
      const text = textOf(healthReport({ status: 'fail', dependencies }), '/healthz?verbose', { details })
      expect(Buffer.byteLength(text) - 4).toBeLessThan(LONGEST_BODY)
      expect(text).toContain('[-]dependency-150 failed')
      expect(text).toMatch(/\nand \d+ more\nhealthz check failed\n$/)
    }
  })
})

describe('?exclude', () => {
  const asked = (report: HealthReport, url: string, alive = true): number | undefined => {
    const source = new FakeSource()
    source.livenessChecks = ['disk']
    source.change(report, { alive })
    return answerOf(createProbes(source), 'GET', url)?.status
  }
  const full = { ...disk, status: 'fail', critical: true } as const
  const DISK_FULL = healthReport({
    status: 'fail',
    ready: false,
    reasons: ['disk'],
    dependencies: { postgres, redis, disk: full },
  })

  it.each([
    [DATABASE_DOWN, '/healthz?exclude=postgres', 200],
    [DATABASE_DOWN, '/healthz?exclude=redis', 503],
    [DATABASE_DOWN, '/healthz/postgres?exclude=postgres', 503],
    [DISK_FULL, '/healthz?exclude=disk', 503],
    [DISK_FULL, '/healthz?exclude=disk&exclude=postgres', 200],
    [DISK_FULL, '/readyz?exclude=disk', 200],
    [DISK_FULL, '/readyz?exclude=postgres', 503],
    [DRAINING, '/readyz?exclude=draining&exclude=postgres', 503],
    [HELD, '/readyz?exclude=held', 503],
    [WARMING, '/startupz?exclude=postgres', 200],
    [WARMING, '/startupz?exclude=redis', 503],
    [WARMING, '/readyz?exclude=postgres', 503],
  ])('leaves a dependency out of the verdict (%#)', (report, url, expected) => {
    expect(asked(report, url)).toBe(expected)
  })

  it('leaves a check out of liveness', () => {
    expect(asked(DISK_FULL, '/livez?exclude=disk', false)).toBe(200)
    expect(asked(DISK_FULL, '/livez?exclude=postgres', false)).toBe(503)
  })

  it('does not let the name of a phase hide the phase', () => {
    const draining = healthReport({ ...DRAINING, dependencies: { draining: redis } })
    expect(asked(draining, '/readyz?exclude=draining')).toBe(503)
  })

  it('of two names is another question than of their names in one', () => {
    const report = healthReport({ status: 'fail', dependencies: { postgres, redis: postgres } })
    const two = '/healthz?exclude=postgres&exclude=redis'
    const one = '/healthz?exclude=postgres%20redis'
    for (const [first, second] of [
      [two, one],
      [one, two],
    ] as const) {
      const probes = createProbes(new FakeSource(report))
      const statusOf = (url: string): number | undefined => answerOf(probes, 'GET', url)?.status
      expect([first, second].map((url) => [url, statusOf(url)])).toEqual([
        [first, first === two ? 200 : 503],
        [second, second === two ? 200 : 503],
      ])
    }
  })

  it('is said in every form', () => {
    const probes = createProbes(new FakeSource(DATABASE_DOWN))
    const bodyOf = (accept: string): string | undefined =>
      answerOf(probes, 'GET', '/healthz?exclude=postgres&exclude=nobody', { accept })?.body
    expect(JSON.parse(bodyOf('*/*') ?? '')).toMatchObject({ status: 'pass', excluded: ['postgres'] })
    expect(JSON.parse(bodyOf('application/health+json') ?? '')).toMatchObject({ status: 'pass' })
    expect(bodyOf('text/plain')).toBe('ok')
  })

  it('says as Kubernetes does which names it does not know, escaped and cut', () => {
    const long = 'x'.repeat(500)
    const query = `exclude=postgres&exclude=nobody&exclude=%0A%5B%2B%5Dforged%20ok&exclude=${long}`
    expect(textOf(DATABASE_DOWN, `/healthz?verbose&${query}`)).toBe(
      '200 [+]lifecycle ok\n[+]postgres excluded: ok\n[+]redis ok\n' +
        `warn: some health checks cannot be excluded: no matches for "\\n[+]forged ok","nobody","${long.slice(0, 80)}"\n` +
        'healthz check passed\n',
    )
  })

  it('is never slow, too long, or an error, whatever is asked', () => {
    const query = fc.array(fc.oneof(fc.string(), fc.constantFrom('exclude=', 'verbose', '&', 'postgres', '%', '#')))
    fc.assert(
      fc.property(query, (parts) => {
        const text = textOf(DATABASE_DOWN, `/healthz?verbose&exclude=${parts.join('')}`)
        expect(Buffer.byteLength(text) - 4).toBeLessThan(LONGEST_BODY)
        expect(text).toMatch(/^(?:200|503) /)
      }),
    )
  })

  it('ten thousand combinations are answered, and the plain one is still remembered', () => {
    const probes = createProbes(new FakeSource(DATABASE_DOWN))
    const plain = answerOf(probes, 'GET', '/healthz')
    for (let index = 0; index < 10_000; index++) answerOf(probes, 'GET', `/healthz?exclude=${index}`)
    expect(answerOf(probes, 'GET', '/healthz')).toBe(plain)
    expect(answerOf(probes, 'GET', '/healthz?from=balancer')).toBe(plain)
    expect(answerOf(probes, 'GET', '/livez')).toBe(answerOf(probes, 'GET', '/livez'))
  })
})
