import { expect, it, test } from 'vitest'

import type { ProbeDetails } from '../../../src/probes/forms/probe-details.ts'
import type { Prober } from '../../../src/probes/probers/prober.ts'
import { createRecordingLogger } from '../../support/recording-logger.ts'
import { answerOf, dependencyReport, FakeSource, healthReport, MESSAGE, createProbes } from '../report-fixture.ts'

const REPORT = healthReport({
  status: 'fail',
  dependencies: { postgres: dependencyReport({ status: 'fail', message: MESSAGE }) },
})

function probesWith(details: (prober: Prober) => unknown) {
  const { logger, lines } = createRecordingLogger()
  const option = details as (prober: Prober) => ProbeDetails
  return { probes: createProbes(new FakeSource(REPORT), { details: option, logger }), lines }
}

it('tells everybody as much as the function says, each from memory', () => {
  const { probes } = probesWith((prober) => (prober.header('authorization') === 'Bearer it' ? 'full' : 'none'))
  const asOperator = () => answerOf(probes, 'GET', '/healthz', { authorization: 'Bearer it' })
  const asAnybody = () => answerOf(probes, 'GET', '/healthz')

  expect(asOperator()?.body).toContain(MESSAGE.slice(0, 20))
  expect(asAnybody()?.body).toBe('{"status":"fail"}')
  expect(asOperator()).toBe(asOperator())
  expect(asAnybody()).toBe(asAnybody())
})

it('is told who asks and for what', () => {
  const seen: unknown[] = []
  const { probes } = probesWith(({ kind, dependency, path, address, userAgent, probePort }) => {
    seen.push({ kind, dependency, path, address, userAgent, probePort })
    return 'none'
  })
  answerOf(probes, 'GET', '/readyz/postgres/?x', { 'user-agent': 'kube-probe/1.33' })
  expect(seen).toEqual([
    {
      kind: 'ready',
      dependency: 'postgres',
      path: '/readyz/postgres/',
      address: '10.0.0.9',
      userAgent: 'kube-probe/1.33',
      probePort: false,
    },
  ])
})

test.each<[string, () => unknown, string]>([
  ['throws', () => fail(), 'probes.details threw: no session'],
  ['returns nonsense', () => 'everything', 'probes.details returned "everything"'],
  ['returns nothing', () => undefined, 'probes.details returned undefined'],
  ['returns a promise', () => Promise.resolve('full'), 'probes.details returned a promise'],
  ['returns one that rejects', () => Promise.reject(new Error('late')), 'probes.details returned a promise'],
])('a function that %s shows the status alone, and that is logged once', (_, details, message) => {
  const { probes, lines } = probesWith(details)
  for (let asked = 0; asked < 3; asked++) {
    expect(answerOf(probes, 'GET', '/healthz')?.body).toBe('{"status":"fail"}')
  }
  expect(lines.map((line) => line.message)).toEqual([expect.stringContaining(message)])
})

function fail(): never {
  throw new Error('no session')
}
