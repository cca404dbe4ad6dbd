import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { ProberLog } from '../../../src/probes/probers/prober-log.ts'
import { RequestProber } from '../../../src/probes/probers/prober.ts'
import { answerOf, createLog, createProbes, FakeSource } from '../report-fixture.ts'

const HAPROXY = '10.0.0.2'
const STATE = 'UP 2/3; name=shop/web1; node=lb1; weight=1/2; scur=13/22; qcur=0'

interface Asked {
  readonly kind?: 'live' | 'ready' | 'startup' | 'health'
  readonly dependency?: string
  readonly agent?: string | undefined
  readonly address?: string
  readonly state?: string
  readonly status?: number
}

function note(log: ProberLog, asked: Asked = {}): void {
  const { kind = 'health', dependency, agent, address = '10.0.0.9', state, status = 200 } = asked
  const target = dependency === undefined ? { kind } : { kind, dependency }
  const headers = { 'user-agent': agent, 'x-haproxy-server-state': state }
  log.note(new RequestProber(target, 'GET', '/', headers, { remoteAddress: address }), status)
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00.000Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('lastAskedAt', () => {
  it('is unknown until somebody who routes by it has asked', () => {
    const log = createLog()
    const probes = createProbes(new FakeSource(), { log })
    for (const path of ['/livez', '/startupz', '/healthz/postgres', '/orders']) answerOf(probes, 'GET', path)
    answerOf(probes, 'POST', '/healthz')
    expect(log.lastAskedAt).toBeUndefined()
  })

  it.each(['/readyz', '/healthz'])('is when %s was last asked', (path) => {
    const log = createLog()
    const probes = createProbes(new FakeSource(), { log })
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      vi.advanceTimersByTime(1_000)
      answerOf(probes, method, path)
      expect(log.lastAskedAt).toBe(performance.now())
    }
  })
})

describe('the report of who probes', () => {
  it('says who asks for what, how often, and what it last saw', () => {
    const log = createLog()
    for (const status of [200, 200, 503]) {
      note(log, { agent: 'ELB-HealthChecker/2.0', status })
      note(log, { kind: 'live', status: 200 })
      vi.advanceTimersByTime(10_000)
    }
    expect(log.report()).toEqual({
      known: [
        {
          prober: 'ELB-HealthChecker/2.0',
          kind: 'health',
          asked: 3,
          everyMs: 10_000,
          lastAskedAt: '2026-01-01T00:00:20.000Z',
          lastStatus: 503,
        },
        {
          prober: '10.0.0.9',
          kind: 'live',
          asked: 3,
          everyMs: 10_000,
          lastAskedAt: '2026-01-01T00:00:20.000Z',
          lastStatus: 200,
        },
      ],
      others: 0,
    })
  })

  it('cuts what is long, and keeps what cannot be printed out of it', () => {
    const log = createLog()
    note(log, { agent: `\u001b[31mred\r\nü${'x'.repeat(10_000)}` })
    expect(log.report().known[0]?.prober).toBe(`?[31mred???${'x'.repeat(69)}`)
  })

  it('leaves out who asks for one dependency', () => {
    const log = createLog()
    note(log, { dependency: 'postgres' })
    expect(log.report()).toEqual({ known: [], others: 0 })
  })

  it('ten thousand forged agents and paths change nothing but a counter', () => {
    const log = createLog()
    const probes = createProbes(new FakeSource(), { log })
    const balancer = { 'user-agent': 'balancer' }
    const before = answerOf(probes, 'GET', '/healthz', balancer)
    for (let index = 0; index < 31; index++) note(log, { agent: `first-${index}` })
    const names = log.report().known.map(({ prober }) => prober)

    for (let index = 0; index < 10_000; index++) {
      answerOf(probes, 'GET', `/healthz?${index}`, { 'user-agent': `forged-${index}` })
      answerOf(probes, 'GET', `/healthz/forged-${index}`, { 'user-agent': `forged-${index}` })
    }

    expect(log.report().known.map(({ prober }) => prober)).toEqual(names)
    expect(log.report().others).toBe(10_000)
    expect(answerOf(probes, 'GET', '/healthz', balancer)).toBe(before)
    expect(log.report().known[0]).toMatchObject({ prober: 'balancer', asked: 2 })
  })

  it('forgets who has not asked for ten minutes as soon as somebody else does', () => {
    const log = createLog()
    for (let index = 0; index < 32; index++) note(log, { agent: `gone-${index}` })
    vi.advanceTimersByTime(600_001)
    note(log, { agent: 'kube-probe/1.33' })
    const { known, others } = log.report()
    expect(known).toHaveLength(32)
    expect(known.at(-1)?.prober).toBe('kube-probe/1.33')
    expect(others).toBe(0)
  })

  it('gives whoever is trusted the place of somebody who is not', () => {
    const log = createLog(['10.0.0.0/30'])
    note(log, { address: '10.0.0.3' })
    for (let index = 0; index < 40; index++) {
      vi.advanceTimersByTime(1)
      note(log, { agent: `forged-${index}` })
    }
    for (const address of ['10.0.0.1', HAPROXY]) note(log, { address })
    const { known } = log.report()
    expect(known).toHaveLength(32)
    const names = known.map(({ prober }) => prober)
    expect([names[0], ...names.slice(-2)]).toEqual(['10.0.0.3', '10.0.0.1', HAPROXY])
  })

  it('gives whoever asks for readiness or health the place of somebody who does not', () => {
    const log = createLog()
    for (let index = 0; index < 40; index++) {
      vi.advanceTimersByTime(1)
      note(log, { kind: 'live', agent: `forged-${index}` })
    }
    note(log, { kind: 'ready', agent: 'kube-probe/1.33' })
    note(log, { agent: 'ELB-HealthChecker/2.0' })
    note(log, { kind: 'live', agent: 'late' })
    const names = log.report().known.map(({ prober }) => prober)
    expect(names).toHaveLength(32)
    expect(names.slice(-3)).toEqual(['forged-31', 'kube-probe/1.33', 'ELB-HealthChecker/2.0'])
    expect(names[0]).toBe('forged-2')
  })

  it('tells what HAProxy says of us, from those who are trusted alone', () => {
    const log = createLog([HAPROXY])
    note(log, { address: HAPROXY, state: STATE })
    note(log, { address: `::ffff:${HAPROXY}`, state: STATE.replace('web1', 'web2') })
    note(log, { address: '10.0.0.3', state: STATE })
    expect(log.report().known.map(({ prober, serverState }) => [prober, serverState])).toEqual([
      [HAPROXY, { state: 'UP', name: 'shop/web1', node: 'lb1' }],
      [`::ffff:${HAPROXY}`, { state: 'UP', name: 'shop/web2', node: 'lb1' }],
      ['10.0.0.3', undefined],
    ])
  })

  it('is made anew for those who are known no more often than once a second', () => {
    const log = createLog()
    note(log)
    const { version } = log
    note(log)
    expect(log.version).toBe(version)
    vi.advanceTimersByTime(1_000)
    note(log)
    expect(log.version).toBe(version + 1)
  })

  it('is shown in full, and in nothing less', () => {
    const log = createLog()
    const source = new FakeSource()
    const report = { ...source.report(), probers: { known: [], others: 7 } }
    source.change(report)
    for (const details of ['none', 'summary', 'full'] as const) {
      const body = answerOf(createProbes(source, { log, details }), 'GET', '/healthz')?.body
      expect(body?.includes('"others":7')).toBe(details === 'full')
    }
  })
})

describe('who has been told', () => {
  it('is everybody who asked for readiness or health since, with when and how often', () => {
    const log = createLog()
    note(log, { agent: 'before' })
    note(log, { agent: 'kube-probe/1.33', kind: 'ready' })
    log.beginLeaving()
    vi.advanceTimersByTime(1_000)
    note(log, { kind: 'ready', agent: 'kube-probe/1.33' })
    vi.advanceTimersByTime(1_000)
    note(log, { agent: 'kube-probe/1.33' })
    note(log, { kind: 'live', agent: 'other' })
    note(log, { agent: 'late' })
    expect(log.told()).toEqual([
      { prober: 'kube-probe/1.33', toldAfterMs: 1_000, asked: 2 },
      { prober: 'late', toldAfterMs: 2_000, asked: 1 },
    ])
  })

  it('is nobody before', () => {
    const log = createLog()
    note(log)
    expect(log.told()).toEqual([])
  })

  it('has places of its own, whoever asked before', () => {
    const log = createLog()
    for (let index = 0; index < 40; index++) note(log, { agent: `forged-${index}` })
    log.beginLeaving()
    note(log, { kind: 'ready', agent: 'kube-probe/1.33' })
    note(log, { agent: 'forged-0' })
    expect(log.told()).toEqual([
      { prober: 'kube-probe/1.33', toldAfterMs: 0, asked: 1 },
      { prober: 'forged-0', toldAfterMs: 0, asked: 1 },
    ])
  })

  it('are at most 32, of whom those who are trusted are not the ones left out', () => {
    const log = createLog([HAPROXY])
    log.beginLeaving()
    for (let index = 0; index < 10_000; index++) note(log, { agent: `forged-${index}` })
    note(log, { address: HAPROXY })
    const told = log.told().map(({ prober }) => prober)
    expect(told).toHaveLength(32)
    expect(told.slice(-2)).toEqual(['forged-31', HAPROXY])
  })
})

describe('when everybody has heard', () => {
  const heardAfter = (probes: readonly Asked[], before: readonly Asked[] = []): number => {
    const log = createLog([HAPROXY])
    let heard = 0
    for (const asked of before) note(log, asked)
    log.beginLeaving(() => (heard += 1))
    for (const asked of probes) note(log, asked)
    return heard
  }
  const up = { address: HAPROXY, state: STATE }
  const out = { address: HAPROXY, state: STATE.replace('UP 2/3', 'NOLB 1/3') }
  const down = { address: HAPROXY, state: STATE.replace('UP 2/3', 'DOWN 0/2') }

  it.each<[string, number, readonly Asked[], readonly Asked[]]>([
    ['the only HAProxy has taken it out', 1, [up, out], [up]],
    ['it is down there', 1, [down], [up]],
    ['it is still up there', 0, [up, up], [up]],
    ['it had been out before it was told', 0, [up], [out]],
    [
      'one that has not asked since had it out before',
      0,
      [out],
      [{ ...out, state: out.state.replace('lb1', 'lb2') }, up],
    ],
    ['another backend still has it', 0, [out], [{ ...up, state: STATE.replace('web1', 'web2') }, up]],
    ['another HAProxy still has it', 0, [out], [{ ...up, state: STATE.replace('lb1', 'lb2') }, up]],
    ['somebody else routes by it, too', 0, [out], [up, { agent: 'ELB-HealthChecker/2.0' }]],
    ['somebody else only asks whether it lives', 1, [out], [up, { agent: 'kube-probe/1.33', kind: 'live' }]],
    ['somebody who is not trusted says so', 0, [{ ...out, address: '10.0.0.3' }], []],
  ])('%s: %i times', (_, times, probes, before) => {
    expect(heardAfter(probes, before)).toBe(times)
  })

  it('who asked last a minute ago is not waited for', () => {
    const log = createLog([HAPROXY])
    let heard = 0
    note(log, { agent: 'gone' })
    vi.advanceTimersByTime(60_000)
    log.beginLeaving(() => (heard += 1))
    note(log, out)
    expect(heard).toBe(1)
  })

  it.each([
    ['there was no room for', 1],
    ['lost their place', 0],
  ])('those who %s are waited for', (_, before) => {
    const log = createLog([HAPROXY])
    let heard = 0
    const backends = Array.from({ length: 32 }, (_backend, index) => `web${index}`)
    const noteAll = ({ state, ...asked }: typeof up, names = backends): void => {
      for (const name of names) note(log, { ...asked, state: state.replace('web1', name) })
    }
    noteAll(up, before === 1 ? backends : backends.slice(1))
    note(log, { agent: 'stranger' })
    noteAll(up)
    expect(log.report().known.map(({ prober }) => prober)).not.toContain('stranger')
    log.beginLeaving(() => (heard += 1))
    noteAll(out)
    expect(heard).toBe(0)
  })

  it('everybody of 32 is enough', () => {
    const log = createLog([HAPROXY])
    let heard = 0
    for (const state of [up.state, out.state]) {
      for (let index = 0; index < 32; index++) note(log, { ...up, state: state.replace('web1', `web${index}`) })
      if (state === up.state) log.beginLeaving(() => (heard += 1))
    }
    expect(heard).toBe(1)
  })
})
