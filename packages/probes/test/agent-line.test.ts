import type { HealthReport } from '@tidegate/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { agentLine } from '../src/haproxy/agent-line.ts'

type Dependencies = Readonly<
  Record<string, { status: 'pass' | 'warn' | 'fail'; critical: boolean; rootCause?: string }>
>

function report(
  changes: Partial<Omit<HealthReport, 'dependencies'>> & { dependencies?: Dependencies } = {},
): HealthReport {
  const whole = { phase: 'ready', ready: true, reasons: [], status: 'pass', dependencies: {}, ...changes }
  return whole as unknown as HealthReport
}

describe('the line', () => {
  test.each<[string, HealthReport, number, string]>([
    ['warm', report(), 1, 'up ready 100%'],
    ['in slow start', report(), 0.37, 'up ready 37%'],
    ['at the very beginning of it', report(), 0.001, 'up ready 1%'],
    ['almost at its end', report(), 0.999, 'up ready 100%'],
    ['not started', report({ phase: 'idle' }), 0, 'down ready 100% #not started'],
    ['warming', report({ phase: 'warming', reasons: ['warming'] }), 0, 'down ready 100% #warming'],
    ['draining', report({ phase: 'draining', reasons: ['draining'] }), 0, 'up drain 100%'],
    ['closing', report({ phase: 'closing', reasons: ['draining'], status: 'fail' }), 0, 'up drain 100%'],
    ['held', report({ reasons: ['held: deploying'] }), 0, 'up maint 100%'],
    ['held while a local check fails', report({ reasons: ['held: x', 'disk'], status: 'fail' }), 0, 'up maint 100%'],
    ['out by the fleet', report({ reasons: ['postgres'] }), 0, 'down ready 100% #postgres'],
    [
      'only degraded',
      report({ status: 'warn', dependencies: { redis: { status: 'fail', critical: false } } }),
      1,
      'up ready 100%',
    ],
  ])('%s', (_what, given, weight, expected) => {
    expect(agentLine(given, weight)).toBe(expected)
  })

  test('names what fails, by its cause, and only once', () => {
    const dependencies: Dependencies = {
      postgres: { status: 'fail', critical: true },
      catalog: { status: 'fail', critical: true, rootCause: 'postgres' },
      redis: { status: 'fail', critical: false },
      search: { status: 'fail', critical: true },
      disk: { status: 'pass', critical: true },
    }
    expect(agentLine(report({ status: 'fail', dependencies }), 1)).toBe('down ready 100% #postgres, search')
  })

  test('is one short line of ASCII, with one word each for health, administration and weight, whatever happens', () => {
    const given = fc.record({
      phase: fc.constantFrom('idle', 'warming', 'ready', 'draining', 'closing', 'stopped'),
      reasons: fc.array(fc.string({ unit: 'binary' })),
      status: fc.constantFrom('pass', 'warn', 'fail'),
      dependencies: fc.dictionary(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.record({ status: fc.constantFrom('pass', 'warn', 'fail'), critical: fc.boolean() }),
        { maxKeys: 5 },
      ),
    })
    fc.assert(
      fc.property(given, fc.double({ min: 0, max: 1, noNaN: true }), (state, weight) => {
        const line = agentLine(report(state), weight)
        expect(line).toMatch(/^(?:up|down) (?:ready|drain|maint) (?:[1-9]\d?|100)%(?: #[ -~]{0,80})?$/)
      }),
    )
  })
})
