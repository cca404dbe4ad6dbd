import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { DependencyReport, HealthReport, HealthStatus } from '../../../src/health/health-report.ts'
import { LONGEST_BODY } from '../../../src/probes/forms/probe-body.ts'
import type { ProbeDetails } from '../../../src/probes/forms/probe-details.ts'
import { answerOf, dependencyReport, FakeSource, healthReport, MESSAGE, createProbes } from '../report-fixture.ts'

type Fields = Readonly<Record<string, unknown>>

const HEALTH_JSON = { accept: 'application/health+json' }

function answerFor(report: HealthReport, details: ProbeDetails, url = '/healthz') {
  const answer = answerOf(createProbes(new FakeSource(report), { details }), 'GET', url, HEALTH_JSON)
  if (answer === undefined) throw new Error(`${url} is no probe`)
  return answer
}

/** What breaks a rule of draft-inadarei-api-health-check-06. */
function faultsOf(httpStatus: number, body: Fields): string[] {
  const { status, checks = {}, ...rest } = body
  const faults = statusFaults('root', body)
  const isSuccess = httpStatus >= 200 && httpStatus < 400
  if (isSuccess === (status === 'fail')) faults.push(`${String(status)} with ${httpStatus}`)
  for (const name of ['version', 'releaseId', 'serviceId', 'description', 'output']) {
    if (name in rest && typeof rest[name] !== 'string') faults.push(`${name} is no string`)
  }
  if ('notes' in rest && !isListOfStrings(rest['notes'])) faults.push('notes is no list of strings')
  for (const [key, entries] of Object.entries(checks as Fields)) {
    const [component = '', measurement, ...more] = key.split(':')
    if (component === '' || more.length > 0) faults.push(`key ${key}`)
    if (measurement !== undefined && !['utilization', 'responseTime', 'connections', 'uptime'].includes(measurement)) {
      faults.push(`measurement ${measurement}`)
    }
    if (!Array.isArray(entries) || entries.length === 0) faults.push(`${key} is no list`)
    else for (const check of entries) faults.push(...checkFaults(key, check as Fields))
  }
  return faults
}

function checkFaults(key: string, check: Fields): string[] {
  const faults = statusFaults(key, check)
  if ('componentId' in check && typeof check['componentId'] !== 'string') faults.push(`${key}: componentId`)
  if (!['component', 'datastore', 'system'].includes(String(check['componentType'])))
    faults.push(`${key}: componentType`)
  if ('observedValue' in check !== 'observedUnit' in check) faults.push(`${key}: a value without its unit`)
  if ('time' in check && new Date(String(check['time'])).toISOString() !== check['time']) faults.push(`${key}: time`)
  if ('affectedEndpoints' in check) {
    const templates = check['affectedEndpoints']
    if (!Array.isArray(templates)) faults.push(`${key}: affectedEndpoints`)
    else for (const one of templates) if (!isUriTemplate(one)) faults.push(`${key}: ${String(one)} is no URI Template`)
    if (check['status'] === 'pass') faults.push(`${key}: passes and affects endpoints`)
  }
  return faults
}

/** RFC 6570, section 2, for templates of ASCII: literals, and expressions with an operator, names and modifiers. */
function isUriTemplate(value: unknown): boolean {
  const literal = String.raw`[!#$&(-;=?-[\]_a-z~]|%[\da-f]{2}`
  const name = String.raw`(?:\w|%[\da-f]{2})(?:\.?(?:\w|%[\da-f]{2}))*(?::[1-9]\d{0,3}|\*)?`
  const expression = String.raw`\{[+#./;?&]?${name}(?:,${name})*\}`
  return typeof value === 'string' && new RegExp(`^(?:${literal}|${expression})+$`, 'i').test(value)
}

function statusFaults(where: string, { status, output }: Fields): string[] {
  const faults = ['pass', 'warn', 'fail'].includes(String(status)) ? [] : [`${where}: status ${String(status)}`]
  if (status === 'pass' && output !== undefined) faults.push(`${where}: passes with output`)
  return faults
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

const text = fc.string({ unit: 'binary', maxLength: 500 })
const pattern = fc.string({
  unit: fc.constantFrom('/', ':', '*', '{', '}', '(', ')', '?', '%', '%2f', 'id', 'ö', "'", '\\d'),
})
const status = fc.constantFrom<HealthStatus>('pass', 'warn', 'fail')
const dependency = fc
  .record(
    {
      status,
      critical: fc.boolean(),
      message: text,
      data: fc.dictionary(fc.string(), text, { maxKeys: 3 }),
      affectedEndpoints: fc.array(
        fc.oneof(
          text,
          pattern.map((path) => `GET /${path}`),
        ),
        { maxLength: 3 },
      ),
      rootCause: text,
    },
    { requiredKeys: ['status', 'critical'] },
  )
  .map((given) => dependencyReport(given as Partial<DependencyReport>))
const report = fc
  .record({
    status,
    ready: fc.boolean(),
    reasons: fc.array(text, { maxLength: 10 }),
    service: fc.record({ name: text, version: text, instance: text }),
    dependencies: fc.dictionary(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/), dependency, { maxKeys: 60 }),
  })
  .map(healthReport)

describe('application/health+json', () => {
  it('keeps the rules of the draft, whatever there is to say, and fits', () => {
    const url = fc.constantFrom('/livez', '/readyz', '/startupz', '/healthz', '/healthz?exclude=a')
    fc.assert(
      fc.property(report, fc.constantFrom<ProbeDetails>('none', 'summary', 'full'), url, (given, details, asked) => {
        const answer = answerFor(given, details, asked)
        expect(answer.headers['content-type']).toMatch(/^application\/health\+json(?:;|$)/)
        expect(faultsOf(answer.status, JSON.parse(answer.body) as Fields)).toEqual([])
        expect(Buffer.byteLength(answer.body)).toBeLessThan(LONGEST_BODY)
        for (const name of Object.keys(given.dependencies).slice(0, 2)) {
          const one = answerFor(given, details, `/healthz/${name}`)
          expect(faultsOf(one.status, JSON.parse(one.body) as Fields)).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })

  it('the rules can be broken', () => {
    expect(faultsOf(503, { status: 'pass' })).toEqual(['pass with 503'])
    expect(faultsOf(200, { status: 'warn', notes: [1], checks: { 'a:b:c': [{ status: 'up' }] } })).toHaveLength(5)
    const check = { status: 'pass', componentType: 'component', output: '', observedValue: 1, affectedEndpoints: [] }
    expect(faultsOf(200, { status: 'pass', checks: { a: [check] } })).toHaveLength(3)
    const affected = {
      status: 'warn',
      componentType: 'component',
      affectedEndpoints: ['GET /a', '/{', '/{id}', '/a{/b}'],
    }
    expect(faultsOf(200, { status: 'warn', checks: { a: [affected] } })).toHaveLength(2)
  })

  const failing = dependencyReport({ status: 'fail', message: MESSAGE })

  it('shows everything the report holds where details are allowed, new fields too', () => {
    const given = {
      ...failing,
      heldUntil: '2026-01-01T00:02:00.000Z',
      affectedEndpoints: ['GET /orders/:id', 'PUT /orders/:id'],
    }
    const dependencies = { postgres: given, redis: dependencyReport({ critical: false }) }
    const answer = answerFor(healthReport({ status: 'fail', reasons: ['held: x'], dependencies }), 'full')
    expect(JSON.parse(answer.body)).toEqual({
      status: 'fail',
      releaseId: '1.4.2',
      description: 'shop',
      serviceId: 'host-1:17',
      notes: ['held: x'],
      checks: {
        'postgres:responseTime': [
          {
            componentId: 'postgres',
            componentType: 'component',
            observedValue: 1.5,
            observedUnit: 'ms',
            status: 'fail',
            time: '2026-01-01T00:01:00.000Z',
            output: MESSAGE,
            critical: true,
            since: '2026-01-01T00:00:00.000Z',
            consecutive: 7,
            dependsOn: [],
            heldUntil: '2026-01-01T00:02:00.000Z',
            affectedEndpoints: ['/orders/{id}'],
          },
        ],
        'redis:responseTime': [expect.objectContaining({ status: 'pass', critical: false })],
      },
    })
  })

  it('shows names and states in summary, and the status alone with none', () => {
    const given = healthReport({ status: 'fail', reasons: ['held: by alice'], dependencies: { postgres: failing } })
    expect(JSON.parse(answerFor(given, 'summary').body)).toEqual({
      status: 'fail',
      releaseId: '1.4.2',
      description: 'shop',
      notes: ['held'],
      checks: { postgres: [{ componentId: 'postgres', componentType: 'component', status: 'fail', critical: true }] },
    })
    expect(JSON.parse(answerFor(given, 'none').body)).toEqual({ status: 'fail' })
  })

  it('has the one dependency that is asked for', () => {
    const given = healthReport({ status: 'fail', dependencies: { postgres: failing, redis: dependencyReport() } })
    const answer = answerFor(given, 'summary', '/healthz/redis')
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'pass', checks: { redis: [{ status: 'pass' }] } })
    expect(answer.body).not.toContain('postgres')
  })
})
