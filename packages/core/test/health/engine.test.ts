import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { ResolvedCheckOptions } from '../../src/health/check-options.ts'
import { anyOptions, anyOutcomes, jumpWallClock, randomFrom, suspendFor, traceOf } from './engine-fixture.ts'
import type { Trace, TracedRun } from './engine-fixture.ts'
import { TURN } from './loop-fixture.ts'
import { historyOf, holdLeftAfter } from './status-model.ts'
import type { TimedResult } from './status-model.ts'

const MINUTE = 60_000
/** The fake clock counts whole milliseconds and gives a turn of the event loop one. */
const ROUNDING = 2 * TURN + 1

const seeds = fc.integer()
const RUNS = { numRuns: 40 }
/** Generous: a run that is cut short would go on under the fake clock of the next test. */
vi.setConfig({ testTimeout: 180_000 })

/** Long enough for some thirty checks, and for some that are given up. */
function spanOf({ interval, timeout }: ResolvedCheckOptions): number {
  return Math.min(10 * MINUTE, 30 * (interval + timeout))
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})

afterEach(() => {
  vi.useRealTimers()
})

/** When the loop was free again: the run had settled, or was given up. */
function overAt(run: TracedRun): number {
  return Math.min(run.settledAt ?? Infinity, run.abortedAt ?? Infinity)
}

function expectOneInFlight({ runs }: Trace, { abandonAfter }: ResolvedCheckOptions): void {
  for (const [index, run] of runs.entries()) {
    const before = runs[index - 1]
    if (before === undefined) continue
    expect(run.at).toBeGreaterThanOrEqual(overAt(before))
    if (before.abortedAt !== undefined) expect(run.at - before.at).toBeGreaterThanOrEqual(abandonAfter)
  }
}

/** How long after a run that was never late the next may begin, at the least and at the most. */
function pauseAfter(trace: Trace, index: number, options: ResolvedCheckOptions): readonly [number, number] {
  const { interval, retryInterval } = options
  const ended = overAt(trace.runs[index] as TracedRun)
  const seen = trace.results.filter(({ at }) => at <= ended)
  const status = trace.statuses[seen.length - 1]
  const isChanging = (seen.at(-1)?.status === 'fail') !== (status === 'fail')
  const steady = index === 0 ? [0, interval] : ([0.9 * interval, 1.1 * interval] as const)
  if (!isChanging) return steady as [number, number]
  const retry = [0.9 * retryInterval, 1.1 * retryInterval] as const
  const held = holdLeftAfter(seen, options)
  if (held === undefined) return retry
  return [Math.min(steady[0], Math.max(held, retry[0])), Math.min(steady[1], Math.max(held, retry[1]))]
}

describe('the engine, whatever the options are and whatever a check does,', () => {
  it('turns by rise, fall and holdDown alone, and is never stale', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOutcomes, seeds, async (options, outcomes, seed) => {
        const { trace, monitor } = traceOf(options, outcomes, randomFrom(seed))
        await vi.advanceTimersByTimeAsync(spanOf(options))
        monitor.stopAll()
        const expected = historyOf(trace.results, options)
        expect(trace.statuses).toEqual(expected)
        const turns = ['fail', ...expected].filter((status, index, all) => index > 0 && status !== all[index - 1])
        expect(trace.changes.map(({ status }) => status)).toEqual(turns)
      }),
      RUNS,
    )
  })

  it('has one run in flight, and gives up at most one per abandonAfter', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOutcomes, seeds, async (options, outcomes, seed) => {
        const { trace, monitor } = traceOf(options, outcomes, randomFrom(seed))
        await vi.advanceTimersByTimeAsync(spanOf(options))
        const { runs } = trace
        expectOneInFlight(trace, options)
        for (const { at, settledAt, abortedAt } of runs) {
          if (abortedAt === undefined)
            expect(Math.min(settledAt ?? Infinity, spanOf(options)) - at).toBeLessThanOrEqual(
              options.abandonAfter + ROUNDING,
            )
          else expect(abortedAt - at).toBeGreaterThanOrEqual(options.abandonAfter)
        }
        monitor.stopAll()
      }),
      RUNS,
    )
  })

  it('asks again after interval or retryInterval, a tenth sooner or later, as the state is steady or changing', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOutcomes, seeds, async (options, outcomes, seed) => {
        const { trace, monitor } = traceOf(options, outcomes, randomFrom(seed))
        await vi.advanceTimersByTimeAsync(spanOf(options))
        monitor.stopAll()
        for (const [index, next] of trace.runs.entries()) {
          const run = trace.runs[index - 1]
          if (run === undefined || overAt(run) - run.at > options.timeout) continue
          const [least, most] = pauseAfter(trace, index - 1, options)
          expect(next.at - overAt(run)).toBeGreaterThanOrEqual(least - ROUNDING)
          expect(next.at - overAt(run)).toBeLessThanOrEqual(most + ROUNDING)
        }
      }),
      RUNS,
    )
  })

  it('counts one more fail of what hangs each retryInterval and timeout, and asks soon once it has settled', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOutcomes, seeds, async (options, outcomes, seed) => {
        const { trace, monitor } = traceOf(options, outcomes, randomFrom(seed))
        await vi.advanceTimersByTimeAsync(spanOf(options))
        monitor.stopAll()
        const { timeout, retryInterval } = options
        for (const [index, run] of trace.runs.entries()) {
          const over = Math.min(overAt(run), spanOf(options))
          const during = trace.results.filter(({ at }) => at > run.at && at < over)
          const expected = Math.floor((over - run.at - timeout) / (timeout + retryInterval)) + 1
          expect(during.length).toBeLessThanOrEqual(Math.max(0, expected))
          // Each beat takes a turn more on the fake clock.
          const slowed = Math.floor((over - run.at - timeout - ROUNDING) / (timeout + retryInterval + TURN)) + 1
          expect(during.length).toBeGreaterThanOrEqual(Math.max(0, slowed))
          expect(during.every(({ status }) => status === 'fail')).toBe(true)
          const next = trace.runs[index + 1]
          if (next === undefined || during.length === 0 || run.abortedAt !== undefined) continue
          expect(next.at - over).toBeGreaterThanOrEqual(0.9 * retryInterval - ROUNDING)
          expect(next.at - over).toBeLessThanOrEqual(1.1 * retryInterval + ROUNDING)
        }
      }),
      RUNS,
    )
  })

  it('does not notice that the clock of the wall jumps', async () => {
    const jumps = fc.array(
      fc.record({ after: fc.integer({ min: 1, max: 10_000 }), by: fc.integer({ min: -1e9, max: 1e9 }) }),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOutcomes, seeds, jumps, async (options, outcomes, seed, given) => {
        const run = async (jump: (ms: number) => void): Promise<Trace> => {
          vi.useRealTimers()
          vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
          const { trace, monitor } = traceOf(options, outcomes, randomFrom(seed))
          for (const { after, by } of given) {
            await vi.advanceTimersByTimeAsync(after)
            jump(by)
          }
          await vi.advanceTimersByTimeAsync(10 * (options.interval + options.timeout))
          monitor.stopAll()
          return trace
        }
        expect(await run(jumpWallClock)).toEqual(await run(() => {}))
      }),
      RUNS,
    )
  })

  it('survives that the process is suspended: what is well stays well, and no run overlaps another', async () => {
    const naps = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 10_000 }), lasts: fc.integer({ min: 1, max: 200_000 }) }),
      { minLength: 1, maxLength: 8 },
    )
    const latency = fc.double({ min: 0, max: 0.9, noNaN: true })
    await fc.assert(
      fc.asyncProperty(anyOptions, latency, seeds, naps, async (options, share, seed, given) => {
        const healthy = { status: 'pass', after: Math.floor(share * options.timeout) } as const
        const { trace, monitor } = traceOf(options, [healthy], randomFrom(seed))
        await vi.advanceTimersByTimeAsync(options.timeout)
        for (const { after, lasts } of given) {
          await vi.advanceTimersByTimeAsync(after)
          suspendFor(lasts)
        }
        const runs = trace.runs.length
        await vi.advanceTimersByTimeAsync(1.1 * options.interval + 2 * options.timeout + ROUNDING)
        expect(trace.runs.length).toBeGreaterThan(runs)
        expect(trace.changes.map(({ status }) => status)).toEqual(['pass'])
        expectOneInFlight(trace, options)
        monitor.stopAll()
      }),
      RUNS,
    )
  })

  it('is not stale when the process wakes up just as it would be', async () => {
    const lateness = fc.integer({ min: -20, max: 150 })
    await fc.assert(
      fc.asyncProperty(anyOptions, seeds, lateness, async (options, seed, late) => {
        const { trace, monitor } = traceOf(options, [{ status: 'pass', after: 1 }], randomFrom(seed))
        await vi.advanceTimersByTimeAsync(spanOf(options))
        const { at } = trace.results.at(-1) as TimedResult
        suspendFor(at + options.staleAfter + late - spanOf(options))
        await vi.advanceTimersByTimeAsync(options.interval)
        expect(trace.changes.map(({ status }) => status)).toEqual(['pass'])
        monitor.stopAll()
      }),
      RUNS,
    )
  })

  it('never has two runs in flight when the process is suspended while checks hang', async () => {
    const naps = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 10_000 }), lasts: fc.integer({ min: 1, max: 200_000 }) }),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOutcomes, seeds, naps, async (options, outcomes, seed, given) => {
        const { trace, monitor } = traceOf(options, outcomes, randomFrom(seed))
        for (const { after, lasts } of given) {
          await vi.advanceTimersByTimeAsync(after)
          suspendFor(lasts)
        }
        await vi.advanceTimersByTimeAsync(MINUTE)
        expectOneInFlight(trace, options)
        monitor.stopAll()
      }),
      RUNS,
    )
  })

  it('fails by itself when no result comes for staleAfter, which only a loop that has died brings about', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, seeds, async (options, seed) => {
        const dead = { ...options, interval: 1_000_000_000 }
        const { trace, monitor } = traceOf(dead, [{ status: 'pass', after: 0 }], randomFrom(seed))
        await vi.advanceTimersByTimeAsync(0)
        await vi.advanceTimersByTimeAsync(options.staleAfter - 1)
        const statuses = [monitor.statusOf('store')]
        await vi.advanceTimersByTimeAsync(1 + TURN)
        statuses.push(monitor.statusOf('store'))
        if (trace.runs.length === 1) expect(statuses).toEqual(['pass', 'fail'])
        monitor.stopAll()
      }),
      RUNS,
    )
  })

  it('ends when it is stopped: the run in flight is aborted, nothing is asked or told any more, no timer is left', async () => {
    const when = fc.double({ min: 0, max: 1, noNaN: true })
    await fc.assert(
      fc.asyncProperty(anyOptions, anyOutcomes, seeds, when, async (options, outcomes, seed, share) => {
        const { trace, monitor } = traceOf(options, outcomes, randomFrom(seed))
        await vi.advanceTimersByTimeAsync(Math.round(share * spanOf(options)))
        const before = structuredClone({ ...trace, runs: trace.runs.length })
        const last = trace.runs.at(-1)
        monitor.stopAll()
        if (last !== undefined && overAt(last) === Infinity) expect.unreachable('the run in flight was not aborted')
        await vi.advanceTimersByTimeAsync(MINUTE)
        expect({ ...trace, runs: trace.runs.length }).toEqual(before)
        expect(vi.getTimerCount()).toBe(0)
      }),
      RUNS,
    )
  })
})

it('a late answer is no result, but the loop that waits anew after it is not stale', async () => {
  const slow = { interval: 200, retryInterval: 200, timeout: 50, fall: 3, rise: 1 }
  const options = { ...slow, abandonAfter: 1_000, staleAfter: 276, holdDown: false } as const
  const outcomes = [0, 251, 0].map((after) => ({ status: 'pass', after }) as const)
  const { trace, monitor } = traceOf(options, outcomes, () => 0.999)
  await vi.advanceTimersByTimeAsync(MINUTE)
  monitor.stopAll()
  expect(trace.results.slice(0, 3).map(({ status }) => status)).toEqual(['pass', 'fail', 'pass'])
  expect(trace.changes.map(({ status }) => status)).toEqual(['pass'])
})
