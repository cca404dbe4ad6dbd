import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { HealthStatus } from '../../src/health/health-report.ts'
import { overallStatus, STATUS_ORDER, worst } from '../../src/health/health-status.ts'

const status = fc.constantFrom<HealthStatus>('pass', 'warn', 'fail')
const dependency = fc.record({ status, critical: fc.boolean() })

describe('worst', () => {
  it('is pass when there is nothing to judge', () => {
    expect(worst()).toBe('pass')
  })

  it('is one of those given, and none of them is worse', () => {
    fc.assert(
      fc.property(fc.array(status, { minLength: 1 }), (statuses) => {
        const found = worst(...statuses)
        expect(statuses).toContain(found)
        for (const one of statuses) {
          expect(STATUS_ORDER.indexOf(one)).toBeLessThanOrEqual(STATUS_ORDER.indexOf(found))
        }
      }),
    )
  })
})

describe('overallStatus', () => {
  it('fails for a critical fail, warns for any other fail or warn, and passes otherwise', () => {
    fc.assert(
      fc.property(fc.array(dependency), (dependencies) => {
        const failed = dependencies.some((one) => one.critical && one.status === 'fail')
        const degraded = dependencies.some((one) => one.status !== 'pass')
        expect(overallStatus(dependencies)).toBe(failed ? 'fail' : degraded ? 'warn' : 'pass')
      }),
    )
  })
})
