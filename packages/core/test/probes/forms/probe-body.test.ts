import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { HealthStatus } from '../../../src/health/health-report.ts'
import { dependencyBody, LONGEST_BODY, serviceBody, unknownBody } from '../../../src/probes/forms/probe-body.ts'
import { dependencyReport, healthReport } from '../report-fixture.ts'

interface Shown {
  readonly dependencies: Record<string, { readonly status: HealthStatus }>
  readonly dependenciesOmitted?: number
}

const kind = fc.constantFrom('live', 'ready', 'startup', 'health')
const status = fc.constantFrom<HealthStatus>('pass', 'warn', 'fail')
const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,40}$/)
const text = fc.string({ unit: 'binary', maxLength: 500 })

const report = fc
  .record({
    dependencies: fc.dictionary(
      name,
      fc.record({ status, critical: fc.boolean(), message: text, data: fc.dictionary(name, text, { maxKeys: 3 }) }),
      { maxKeys: 60, size: 'max' },
    ),
    reasons: fc.array(text, { maxLength: 60 }),
    service: fc.record({ name: text, version: text, instance: text }),
    pending: fc.dictionary(name, fc.record({ attempt: fc.nat(), progress: text, error: text }), { maxKeys: 60 }),
  })
  .map(({ dependencies, reasons, service, pending }) =>
    healthReport({
      reasons,
      service,
      warmUp: { completed: false, warm: 0, total: 0, pending },
      dependencies: Object.fromEntries(
        Object.entries(dependencies).map(([key, given]) => [key, dependencyReport(given)]),
      ),
    }),
  )

describe('serviceBody', () => {
  it('fits however much there is to say', () => {
    fc.assert(
      fc.property(
        kind,
        status,
        report,
        fc.constantFrom('none', 'summary', 'full'),
        (asked, verdict, given, details) => {
          const body = JSON.stringify(serviceBody(asked, verdict, given, details))
          expect(Buffer.byteLength(body)).toBeLessThan(LONGEST_BODY)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('fits when the service has a name that nobody would give it', () => {
    const service = { name: '"'.repeat(5_000), version: '🌊'.repeat(5_000), instance: '"'.repeat(5_000) }
    const body = JSON.stringify(serviceBody('health', 'pass', healthReport({ service }), 'full'))
    expect(Buffer.byteLength(body)).toBeLessThan(LONGEST_BODY)
  })

  it('shows those that need attention first, and says how many were left out', () => {
    const all = Array.from({ length: 300 }, (_, index) => {
      const state = index === 250 ? 'fail' : index === 299 ? 'warn' : 'pass'
      return [`dependency-${index}`, dependencyReport({ status: state })] as const
    })
    const body = serviceBody(
      'health',
      'fail',
      healthReport({ dependencies: Object.fromEntries(all) }),
      'summary',
    ) as Shown
    const shown = Object.keys(body.dependencies)
    expect(shown.slice(0, 3)).toEqual(['dependency-250', 'dependency-299', 'dependency-0'])
    expect(shown.length).toBeGreaterThan(50)
    expect(shown.length + (body.dependenciesOmitted ?? 0)).toBe(300)
  })

  it('shows a critical one before another in the same state', () => {
    const dependencies = {
      cache: dependencyReport({ status: 'fail', critical: false }),
      postgres: dependencyReport({ status: 'fail', critical: true }),
    }
    const body = serviceBody('health', 'fail', healthReport({ dependencies }), 'summary') as Shown
    expect(Object.keys(body.dependencies)).toEqual(['postgres', 'cache'])
  })

  it('leaves nothing out, and says nothing of it, when all fit', () => {
    const body = serviceBody('health', 'pass', healthReport(), 'full') as Shown
    expect(Object.keys(body.dependencies)).toEqual(['postgres', 'redis'])
    expect(body).not.toHaveProperty('dependenciesOmitted')
  })

  it('shows a dependency with too much to say by its state alone', () => {
    const data = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key-${index}`, 'x'.repeat(400)]))
    const dependencies = { postgres: dependencyReport({ status: 'fail', data }), redis: dependencyReport() }
    const body = serviceBody('health', 'fail', healthReport({ dependencies }), 'full') as Shown
    expect(body.dependencies['postgres']).toEqual({ status: 'fail', critical: true })
    expect(body.dependencies['redis']).toEqual(dependencyReport())
  })

  it('names as many reasons as anybody reads', () => {
    const reasons = Array.from({ length: 100 }, (_, index) => `dependency-${index}`)
    const body = serviceBody('ready', 'fail', healthReport({ reasons }), 'summary')
    expect(body).toMatchObject({ reasons: expect.arrayContaining(['dependency-0']) as string[] })
    expect(body).toMatchObject({ reasonsOmitted: expect.any(Number) as number })
  })
})

describe('dependencyBody', () => {
  const sizeOf = (body: object): number => Buffer.byteLength(JSON.stringify(body))

  it('fits however much the check has to tell', () => {
    fc.assert(
      fc.property(
        fc.record({ status, message: text, data: fc.dictionary(name, text, { maxKeys: 20, size: 'max' }) }),
        fc.constantFrom('none', 'summary', 'full'),
        (given, details) => {
          expect(sizeOf(dependencyBody(dependencyReport(given), details))).toBeLessThanOrEqual(LONGEST_BODY)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('leaves out the data that are too long, says so, and keeps the rest', () => {
    const data = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key-${index}`, 'ü'.repeat(150)]))
    const given = dependencyReport({ status: 'fail', message: 'connection refused' })
    expect(dependencyBody({ ...given, data }, 'full')).toEqual({ ...given, dataOmitted: true })
  })

  it('shows data that fit, and says nothing of leaving out', () => {
    const given = dependencyReport({ data: { connections: 10 } })
    expect(dependencyBody(given, 'full')).toEqual(given)
  })
})

describe('unknownBody', () => {
  it('fits however many names there are', () => {
    const names = Array.from({ length: 2_000 }, (_, index) => [`dependency-${index}`, dependencyReport()] as const)
    const body = unknownBody(healthReport({ dependencies: Object.fromEntries(names) }), 'summary')
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(LONGEST_BODY)
    expect(body).toHaveProperty('dependenciesOmitted')
  })
})
