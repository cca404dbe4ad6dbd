import { createHistogram } from 'node:perf_hooks'

import type { DrainRecord } from '@tidegate/core'
import { describe, expect, it } from 'vitest'

import { describeResult, findFaults } from '../src/summary.js'

type Result = Parameters<typeof findFaults>[0]

const record: DrainRecord = {
  reason: 'SIGTERM',
  durationMs: 5040,
  lameDuck: { plannedMs: 4000, usedMs: 4000, why: 'shutdown.lameDuck' },
  drain: { plannedMs: 20_000, usedMs: 1020 },
  close: { plannedMs: 5000, usedMs: 20 },
  requests: { inFlight: 1, finished: 102, refused: 0, rejected: 0, cut: 0, lost: 0 },
  longLived: { open: 0, ended: 0, cut: 0 },
  connections: { open: 12, upgraded: 0, http2: 0, eventStreams: 0, active: 1, idle: 11, cut: 0 },
  cut: [],
  probers: [],
  steps: [],
  repeatedSignals: [],
  exitCode: 0,
}

function flawless(): Result {
  return {
    title: 'Koa',
    front: 'HAProxy',
    load: {
      counts: { sent: 8211, orders: 2, answered: 8211, failed: 0 },
      acknowledged: new Set(['a', 'b']),
      failures: [],
      latency: createHistogram(),
    },
    recommendations: { served: 100, refusedWithoutRedis: 10, refusedOtherwise: 0, failed: 0 },
    rows: new Set(['a', 'b']),
    freeze: { seconds: 11.2, degraded: ['shop 1', 'shop 2'], leftRotation: [] },
    restarts: ['shop 1', 'shop 2'].map((name) => ({ name, exit: '0', record })),
    instances: 2,
  }
}

describe('findFaults', () => {
  it('finds none when nothing was lost', () => {
    expect(findFaults(flawless())).toEqual([])
  })

  it('accepts an order whose answer was lost, which then is a failed request', () => {
    expect(findFaults({ ...flawless(), rows: new Set(['a', 'b', 'c']) })).toEqual([])
  })

  it('finds an acknowledged order that has no row, even when there are as many rows as orders', () => {
    const faults = findFaults({ ...flawless(), rows: new Set(['a', 'c']) })
    expect(faults).toEqual(['acknowledged orders that are missing: 1, such as b'])
  })

  it('finds one failed request', () => {
    const result = flawless()
    result.load.counts.failed = 1
    expect(findFaults(result)).toEqual(['requests that failed: 1'])
  })

  it('counts a recommendation that failed, and none that was refused', () => {
    const recommendations = { served: 100, refusedWithoutRedis: 10, refusedOtherwise: 1, failed: 0 }
    expect(findFaults({ ...flawless(), recommendations })).toEqual([])
    recommendations.failed = 1
    expect(findFaults({ ...flawless(), recommendations })).toEqual(['requests that failed: 1'])
  })

  it('finds recommendations that were never there, or that were there without Redis', () => {
    const recommendations = { served: 0, refusedWithoutRedis: 0, refusedOtherwise: 0, failed: 0 }
    expect(findFaults({ ...flawless(), recommendations })).toEqual([
      'there never were recommendations',
      '/recommendations was served without Redis',
    ])
  })

  it('finds that a frozen Redis took an instance out of rotation, or went unnoticed', () => {
    const freeze = { seconds: 11.2, degraded: ['shop 1'], leftRotation: ['shop 2'] }
    expect(findFaults({ ...flawless(), freeze })).toEqual([
      'a frozen Redis did not degrade every shop',
      'a frozen Redis took out shop 2',
    ])
  })

  it('finds an instance that did not end by itself', () => {
    const restarts = [
      { name: 'shop 1', exit: 'SIGKILL', record: undefined },
      { name: 'shop 2', exit: '1', record },
    ]
    expect(findFaults({ ...flawless(), restarts })).toEqual([
      'shop 1 ended with SIGKILL after SIGTERM',
      'shop 1 left no record of its drain',
      'shop 2 ended with 1 after SIGTERM',
    ])
  })

  it('finds that nothing was tried', () => {
    const result = flawless()
    result.load.counts.sent = 0
    expect(findFaults({ ...result, load: { ...result.load, acknowledged: new Set<string>() }, restarts: [] })).toEqual([
      'no request was sent',
      'no order was acknowledged',
      'not every shop was restarted',
    ])
  })
})

describe('describeResult', () => {
  it('shows every figure, and an instance without a record', () => {
    const restarts = [
      { name: 'shop 1', exit: '0', record },
      { name: 'shop 2', exit: 'SIGKILL', record: undefined },
    ]
    const text = describeResult({ ...flawless(), restarts, rows: new Set(['a']) }).join('\n')
    expect(text).toContain('2 on Koa, behind HAProxy')
    expect(text).toContain('8,211 sent, 0 failed')
    expect(text).toContain('2 sent, 2 acknowledged, 1 rows, 1 missing')
    expect(text).toContain('SIGTERM, exit 0 after 5.0 s: lame duck 4.0 s, drain 1.0 s, close 20 ms')
    expect(text).toContain('no record, exit SIGKILL')
  })
})
