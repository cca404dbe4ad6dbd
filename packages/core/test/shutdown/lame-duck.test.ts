import { describe, expect, test } from 'vitest'

import { chooseLameDuck } from '../../src/shutdown/lame-duck.ts'
import type { LameDuckCircumstances } from '../../src/shutdown/lame-duck.ts'

const AUTOMATIC: LameDuckCircumstances = {
  budget: { lameDuck: { ms: 10_000, explicit: false }, linger: 1_000, deadline: 24_000 },
  asked: undefined,
  signal: 'SIGTERM',
  env: {},
  hasServer: true,
  sinceProbe: undefined,
}

const msOf = (circumstances: Partial<LameDuckCircumstances>): number =>
  chooseLameDuck({ ...AUTOMATIC, ...circumstances }).ms

describe('there is a lame duck when somebody can hear it', () => {
  test.each([
    ['in Kubernetes', { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }],
    ['in ECS', { env: { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4' } }],
    ['when readiness was asked 60 s ago', { sinceProbe: 60_000 }],
    ['when a server that is none of Node asks for readiness', { hasServer: false, sinceProbe: 60_000 }],
  ])('%s', (_, circumstances) => expect(msOf(circumstances)).toBe(10_000))
})

describe('there is none', () => {
  test.each([
    ['when nobody has asked', {}],
    ['when there is no server, wherever it runs', { hasServer: false, env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }],
    ['when readiness was last asked longer than 60 s ago', { sinceProbe: 60_001 }],
    ['on SIGINT', { signal: 'SIGINT', sinceProbe: 0 }],
    ['when it is off', { budget: { ...AUTOMATIC.budget, lameDuck: false }, sinceProbe: 0 }],
    ['for a call that asks for none', { signal: undefined, sinceProbe: 0 }],
  ] satisfies [string, Partial<LameDuckCircumstances>][])('%s', (_, circumstances) =>
    expect(msOf(circumstances)).toBe(0),
  )
})

test('ends early only when it is for those who ask probes, and nobody said how long', () => {
  const endsWhenHeard = (circumstances: Partial<LameDuckCircumstances>): boolean =>
    chooseLameDuck({ ...AUTOMATIC, sinceProbe: 0, ...circumstances }).endsWhenHeard === true

  expect(endsWhenHeard({})).toBe(true)
  expect(endsWhenHeard({ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } })).toBe(false)
  expect(endsWhenHeard({ asked: 5_000 })).toBe(false)
  expect(endsWhenHeard({ budget: { ...AUTOMATIC.budget, lameDuck: { ms: 3_000, explicit: true } } })).toBe(false)
})

test('an explicit one is honoured on any signal, whoever listens', () => {
  const budget = { ...AUTOMATIC.budget, lameDuck: { ms: 3_000, explicit: true } }

  expect(msOf({ budget })).toBe(3_000)
  expect(msOf({ budget, signal: 'SIGINT' })).toBe(3_000)
})

test('what a call asks for is honoured as far as the budget allows', () => {
  expect(msOf({ signal: undefined, asked: 5_000 })).toBe(5_000)
  expect(msOf({ signal: undefined, asked: 60_000 })).toBe(23_000)
})
