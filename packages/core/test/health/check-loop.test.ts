import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { after, never, OPTIONS, startLoop, TURN } from './loop-fixture.ts'
import type { LoopFixture } from './loop-fixture.ts'

const pass = (): undefined => undefined
const refuse = (): never => {
  throw new Error('connect ECONNREFUSED')
}

const rejectWith = (reason: unknown): Promise<never> =>
  new Promise((_, reject) => {
    reject(reason)
  })

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const times = (entries: readonly { readonly at: number }[]): number[] => entries.map(({ at }) => at)
const statuses = ({ results }: LoopFixture): string[] => results.map(({ result }) => result.status)

describe('a steady check', () => {
  it('runs at once, then at a random moment within the interval, then once an interval', async () => {
    const { runs } = startLoop(pass, { random: () => 0.25 })
    expect(times(runs)).toEqual([0])
    await vi.advanceTimersByTimeAsync(22_000)
    expect(times(runs)).toEqual([0, 2_500, 12_000, 21_500])
  })

  it('deviates from the interval by a tenth at most', async () => {
    for (const [random, pause] of [
      [0, 9_000],
      [0.5, 10_000],
      [0.999_999, 11_000],
    ] as const) {
      const { loop, runs } = startLoop(pass, { random: () => random })
      await vi.advanceTimersByTimeAsync(25_000)
      const [, second = NaN, third = NaN] = times(runs)
      expect(third - second).toBeCloseTo(pause, -1)
      loop.stop()
    }
  })

  it('begins the pause when the run has ended, so that slow checks do not crowd', async () => {
    const { runs } = startLoop(() => after(800, undefined))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(times(runs)).toEqual([0, 5_800, 16_600])
  })

  it('says how long each run took', async () => {
    const { results } = startLoop(() => after(120, undefined))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(results).toEqual([{ at: 120, result: { status: 'pass' }, latencyMs: 120 }])
  })
})

describe('a check whose state is changing', () => {
  it('is asked again after retryInterval until the change is confirmed, then after interval', async () => {
    const { runs, results } = startLoop((_, run) => (run === 1 ? undefined : refuse()))
    await vi.advanceTimersByTimeAsync(18_000)
    expect(times(runs)).toEqual([0, 5_000, 6_000, 7_000, 17_000])
    expect(results.map(({ result }) => result.status)).toEqual(['pass', 'fail', 'fail', 'fail', 'fail'])
  })

  it('deviates from retryInterval as well', async () => {
    const { runs } = startLoop((_, run) => (run === 1 ? undefined : refuse()), { random: () => 0 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(times(runs)).toEqual([0, 0, 900])
  })

  it('is asked soon again when a failing one answers for the first time', async () => {
    const fixture = startLoop((_, run) => (run === 1 ? refuse() : undefined))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(fixture.status).toBe('fail')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(times(fixture.runs)).toEqual([0, 5_000, 6_000])
    expect(fixture.status).toBe('pass')
  })
})

describe('a check that misbehaves', () => {
  it.each([
    ['throws at once', refuse, 'connect ECONNREFUSED'],
    ['rejects', () => Promise.reject(new Error('reset')), 'reset'],
    ['rejects with a string', () => rejectWith('no luck'), 'no luck'],
    ['rejects with nothing', () => rejectWith(undefined), 'it threw undefined'],
    ['returns a number', () => 42, 'the check returned 42'],
    ['returns a status there is not', () => ({ status: 'ok' }), 'status is "ok"'],
    ['returns a thenable that throws', () => ({ then: refuse }), 'connect ECONNREFUSED'],
  ])('fails and goes on when it %s', async (_, check, message) => {
    const fixture = startLoop(check)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(statuses(fixture)).toEqual(['fail', 'fail'])
    expect(fixture.results[0]?.result.message).toContain(message)
  })

  it('counts one result when a thenable settles twice', async () => {
    const twice = {
      then: (resolve: (value: unknown) => void) => {
        resolve(undefined)
        resolve({ status: 'fail' })
      },
    }
    const fixture = startLoop(() => twice)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(statuses(fixture)).toEqual(['pass'])
  })
})

describe('a check that hangs', () => {
  it('fails at timeout, and counts one more fail each retryInterval and timeout without starting another run', async () => {
    const { runs, results } = startLoop(never)
    await vi.advanceTimersByTimeAsync(7_500)
    expect(times(runs)).toEqual([0])
    expect(times(results)).toEqual([1_000 + TURN, 3_000 + 2 * TURN, 5_000 + 3 * TURN, 7_000 + 4 * TURN])
    expect(results.map(({ latencyMs }) => latencyMs)).toEqual(times(results))
    expect(results[0]?.result).toEqual({ status: 'fail', message: 'no answer for 1001 ms' })
    expect(results[1]?.result).toEqual({ status: 'fail', message: 'no answer for 3002 ms' })
  })

  it('is given up at abandonAfter: its signal aborts, and a new run starts on the next beat', async () => {
    const { runs } = startLoop(never)
    await vi.advanceTimersByTimeAsync(29_999)
    expect(runs[0]?.context.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1 + TURN)
    expect(runs[0]?.context.signal.aborted).toBe(true)
    expect(runs[0]?.context.signal.reason).toMatchObject({ code: 'TIDEGATE_TIMEOUT' })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(runs).toHaveLength(2)
    expect(runs[1]?.context.signal.aborted).toBe(false)
  })

  it('keeps its beat of fails across the runs that are given up', async () => {
    // Jitter here would add up: with a high `fall` the dependency would be known too late.
    const { results } = startLoop(never, { random: () => 0.999_999 })
    await vi.advanceTimersByTimeAsync(70_000)
    const pauses = times(results).map((at, index, all) => at - (all[index - 1] ?? -1_000))
    expect(new Set(pauses)).toEqual(new Set([2_000 + TURN]))
  })

  it('collects at most five runs in two minutes and twenty in ten', async () => {
    const { runs } = startLoop(never)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(runs.length).toBeLessThanOrEqual(5)
    await vi.advanceTimersByTimeAsync(480_000)
    expect(runs.length).toBeLessThanOrEqual(20)
    expect(runs.length).toBeGreaterThan(15)
    expect(runs.filter(({ context }) => !context.signal.aborted)).toHaveLength(1)
  })

  it('asks only once an interval when it is given up at its timeout and known to fail', async () => {
    const { runs } = startLoop(never, { abandonAfter: 1_000 })
    await vi.advanceTimersByTimeAsync(27_500)
    expect(times(runs)).toEqual([0, 6_000 + TURN, 17_000 + 2 * TURN])
  })

  it('frees the loop when it answers late, and its late answer is no result', async () => {
    const { runs, results } = startLoop((_, run) => (run === 1 ? after(3_600, undefined) : undefined))
    await vi.advanceTimersByTimeAsync(4_600)
    expect(times(runs)).toEqual([0, 4_600])
    expect(results.map(({ at, result }) => [at, result.status])).toEqual([
      [1_000 + TURN, 'fail'],
      [3_000 + 2 * TURN, 'fail'],
      [4_600, 'pass'],
    ])
  })

  it('frees the loop when it fails late', async () => {
    const late = async (): Promise<never> => {
      await after(2_500, undefined)
      throw new Error('late')
    }
    const { runs, results } = startLoop((_, run) => (run === 1 ? late() : undefined))
    await vi.advanceTimersByTimeAsync(3_500)
    expect(times(runs)).toEqual([0, 3_500])
    expect(results.map(({ result }) => result.message)).not.toContain('late')
  })

  it('is not heard any more once it is given up, neither answer nor rejection', async () => {
    const rejections: unknown[] = []
    const record = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', record)
    const reject = async (): Promise<never> => {
      await after(30_500, undefined)
      throw new Error('long gone')
    }
    const { results, runs } = startLoop((_, run) => (run === 1 ? reject() : after(500, undefined)))
    await vi.advanceTimersByTimeAsync(31_000)
    vi.useRealTimers()
    // Unhandled rejections are reported when the microtasks have run dry.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', record)
    expect(rejections).toEqual([])
    expect(runs).toHaveLength(2)
    expect(results.at(-1)?.result.status).toBe('pass')
    expect(results.map(({ result }) => result.message)).not.toContain('long gone')
  })

  it('is not blamed for what is read in the turn after its limit', async () => {
    // As in a loop that was blocked: the limit is due first, and the answer that lay in the socket is read after it.
    const afterTheLimit = async (ms: number): Promise<void> => {
      await Promise.resolve()
      await after(ms, undefined)
    }
    const inTime = startLoop(() => afterTheLimit(1_000))
    const late = startLoop(() => afterTheLimit(1_000 + TURN + 1))
    await vi.advanceTimersByTimeAsync(1_100)
    expect(statuses(inTime)).toEqual(['pass'])
    expect(statuses(late)).toEqual(['fail'])
  })

  it('is known within 1.1 × interval + fall × (timeout + retryInterval) of the freeze', async () => {
    const options = fc.record({
      interval: fc.integer({ min: 1_000, max: 20_000 }),
      retryInterval: fc.integer({ min: 100, max: 3_000 }),
      timeout: fc.integer({ min: 100, max: 3_000 }),
      fall: fc.integer({ min: 1, max: 15 }),
      beyondTimeout: fc.integer({ min: 0, max: 20_000 }),
    })
    const random = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(options, random, fc.integer({ min: 0, max: 60_000 }), async (given, stream, freezeAt) => {
        const { beyondTimeout, ...numbers } = given
        const start = performance.now()
        const frozen = (): boolean => performance.now() - start >= freezeAt
        const fixture = startLoop(() => (frozen() ? never() : undefined), {
          ...numbers,
          abandonAfter: numbers.timeout + beyondTimeout,
          random: () => stream.next().value as number,
        })
        const { interval, retryInterval, timeout, fall } = numbers
        const bound = 1.1 * interval + fall * (timeout + retryInterval)
        await vi.advanceTimersByTimeAsync(freezeAt)
        // On the fake clock each limit takes its turn as well.
        await vi.advanceTimersByTimeAsync(Math.ceil(bound) + fall * TURN)
        expect(fixture.status).toBe('fail')
        fixture.loop.stop()
      }),
      { numRuns: 200 },
    )
  })
})

describe('what a check is given', () => {
  it('counts down to the timeout, never below 0, and knows when the run will be given up', async () => {
    const { runs } = startLoop(never)
    const context = runs[0]?.context
    expect(context?.remaining()).toBe(1_000)
    await vi.advanceTimersByTimeAsync(400)
    expect(context?.remaining()).toBe(600)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(context?.remaining()).toBe(0)
    expect(context?.abandonAfter).toBe(OPTIONS.abandonAfter)
  })

  it('is a signal that does not abort at the timeout, nor after the run has ended', async () => {
    const { runs } = startLoop((_, run) => (run === 1 ? after(5_000, undefined) : never()))
    await vi.advanceTimersByTimeAsync(34_000)
    expect(runs).toHaveLength(2)
    expect(runs[0]?.context.signal.aborted).toBe(false)
  })
})

describe('stop', () => {
  it('aborts the run in flight and leaves no timer', async () => {
    const { loop, runs } = startLoop(never)
    await vi.advanceTimersByTimeAsync(1_500)
    loop.stop()
    expect(runs[0]?.context.signal.aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer between two runs', async () => {
    const { loop } = startLoop(pass)
    await vi.advanceTimersByTimeAsync(100)
    expect(vi.getTimerCount()).toBe(1)
    loop.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends all results, also of a run that settles because of it', async () => {
    const untilAborted = ({ signal }: { signal: AbortSignal }): Promise<never> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      })
    const { loop, results } = startLoop(untilAborted)
    await vi.advanceTimersByTimeAsync(500)
    loop.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(results).toEqual([])
  })

  it('may be called by whoever hears of a result', async () => {
    const fixture = startLoop(pass, { onResult: () => fixture.loop.stop() })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(fixture.runs).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('may be called by the check itself, and more than once', async () => {
    const { loop, results, runs } = startLoop((_, run) => {
      if (run === 1) return undefined
      loop.stop()
      loop.stop()
      return never()
    })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(runs).toHaveLength(2)
    expect(results).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the timers', () => {
  it('never hold the process', async () => {
    const made = vi.spyOn(globalThis, 'setTimeout')
    const { loop } = startLoop((_, run) => (run === 1 ? undefined : never()))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(made.mock.results.length).toBeGreaterThan(3)
    for (const { value } of made.mock.results) expect((value as NodeJS.Timeout).hasRef()).toBe(false)
    loop.stop()
    made.mockRestore()
  })
})
