import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { CheckOptions, Lifecycle } from '../../src/index.ts'
import { randomFrom } from '../health/engine-fixture.ts'
import { historyOf } from '../health/status-model.ts'
import type { TimedResult } from '../health/status-model.ts'

const SECOND = 1_000
/** Down one second and up the next, ten times. */
const FLAPS = 20 * SECOND
const RUNS = { numRuns: 30 }
/** Generous: a run that is cut short would go on under the fake clock of the next test. */
vi.setConfig({ testTimeout: 180_000 })

const seeds = fc.integer()
const count = fc.integer({ min: 1, max: 4 })

interface Service {
  readonly lifecycle: Lifecycle
  readonly results: readonly TimedResult[]
  /** What `/healthz` answered, without what was the same as before. */
  readonly answers: readonly number[]
  /** Lets so much time pass, and asks `/healthz` every 50 ms of it. */
  pass(ms: number): Promise<void>
  end(): Promise<void>
}

/** A ready service with one critical dependency, asked by `health`, or by `own` in its own options. */
async function serve(
  isDown: () => boolean,
  { health, own, seed }: { health: CheckOptions; own?: CheckOptions; seed: number },
): Promise<Service> {
  vi.spyOn(Math, 'random').mockImplementation(randomFrom(seed))
  const start = performance.now()
  const results: TimedResult[] = []
  const answers: number[] = []
  const check = (): void => {
    if (isDown()) throw new Error('connect ECONNREFUSED')
  }
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'store', check, health: own }],
    health,
    shutdown: { signals: false, linger: false, lameDuck: false },
    logger: false,
  })
  lifecycle.on('check', ({ result }) => {
    results.push({ at: Math.round(performance.now() - start), status: result.status })
  })
  await lifecycle.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(lifecycle.ready).toBe(true)
  return {
    lifecycle,
    results,
    answers,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 50) {
        const status = lifecycle.probe({ url: '/healthz' })?.status ?? 0
        if (status !== answers.at(-1)) answers.push(status)
        await vi.advanceTimersByTimeAsync(50)
      }
    },
    async end() {
      const stopped = lifecycle.shutdown()
      await vi.advanceTimersByTimeAsync(60 * SECOND)
      await stopped
    },
  }
}

/** Flaps from the next second on, then works for good. */
function flapping(): () => boolean {
  const begin = performance.now() + SECOND
  return () => {
    const since = performance.now() - begin
    return since >= 0 && since < FLAPS && Math.floor(since / SECOND) % 2 === 0
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('/healthz, of a dependency that is down one second and up the next, ten times,', () => {
  it('changes at most twice with holdDown on, whatever the rest of the options is', async () => {
    const everyFlapSeen = fc.record({
      interval: fc.integer({ min: 100, max: 800 }),
      base: fc.integer({ min: 2_200, max: 20_000 }),
    })
    const someFlapsSeen = fc.record({
      interval: fc.integer({ min: 800, max: 12_000 }),
      base: fc.integer({ min: FLAPS, max: 60_000 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(everyFlapSeen, someFlapsSeen), count, count, seeds, async (given, fall, rise, seed) => {
        const { interval, base } = given
        const health = { interval, fall, rise, timeout: 500, holdDown: { base, max: 4 * base } }
        const service = await serve(flapping(), { health, seed })
        await service.pass(SECOND + FLAPS + base + (rise + 2) * 12_000 * 1.1)
        expect(service.answers.length - 1).toBeLessThanOrEqual(2)
        expect(service.answers.at(-1)).toBe(200)
        await service.end()
      }),
      RUNS,
    )
  })

  it('changes with every turn without it, when fall and rise are 1: what holdDown is for', async () => {
    const health = { interval: 300, fall: 1, rise: 1, timeout: 200 }
    const service = await serve(flapping(), { health, seed: 1 })
    await service.pass(30 * SECOND)
    expect(service.answers).toHaveLength(21)
    await service.end()
  })

  it('changes no more often than rise and fall allow without it, by default and with any other numbers', async () => {
    const some = fc.record({ interval: fc.integer({ min: 100, max: 12_000 }), fall: count, rise: count })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constant({}), some), seeds, async (health: CheckOptions, seed) => {
        const service = await serve(flapping(), { health, seed })
        await service.pass(60 * SECOND)
        const { fall = 3, rise = 2 } = health
        const history = historyOf(service.results, { fall, rise, holdDown: false })
        const turns = history.filter((status, index) => index > 0 && status !== history[index - 1])
        expect(service.answers.length - 1).toBeLessThanOrEqual(turns.length)
        await service.end()
      }),
      RUNS,
    )
  })
})

describe("a check's own numbers", () => {
  const numbers = fc.record({
    interval: fc.integer({ min: 5_000, max: 20_000 }),
    retryInterval: fc.integer({ min: 100, max: 3_000 }),
    timeout: fc.integer({ min: 50, max: 900 }),
    fall: count,
    rise: count,
    abandonAfter: fc.integer({ min: 1_000, max: 30_000 }),
    staleAfter: fc.integer({ min: 23_000, max: 60_000 }),
    holdDown: fc.oneof(
      fc.constant(false as const),
      fc.integer({ min: 1, max: 9_000 }).map((base) => ({ base, max: 3 * base })),
    ),
  })
  const keys = [
    'interval',
    'retryInterval',
    'timeout',
    'fall',
    'rise',
    'abandonAfter',
    'staleAfter',
    'holdDown',
  ] as const

  it("stand in for the lifecycle's, each by itself, as if they had been the lifecycle's", async () => {
    await fc.assert(
      fc.asyncProperty(numbers, numbers, fc.subarray([...keys]), seeds, async (common, all, kept, seed) => {
        const own: CheckOptions = Object.fromEntries(kept.map((key) => [key, all[key]]))
        const run = async (given: { health: CheckOptions; own?: CheckOptions }): Promise<unknown> => {
          const service = await serve(flapping(), { ...given, seed })
          await service.pass(60 * SECOND)
          await service.end()
          return [service.results, service.answers]
        }
        expect(await run({ health: common, own })).toEqual(await run({ health: { ...common, ...own } }))
      }),
      RUNS,
    )
  })
})

describe('hold()', () => {
  it('adds up, and each hold is released once, however often it is said and in whatever order', async () => {
    const step = fc.oneof(
      fc.record({ hold: fc.constantFrom('deploying', 'debugging', 'draining a shard') }),
      fc.record({ release: fc.nat({ max: 20 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { lifecycle, end } = await serve(() => false, { health: {}, seed: 1 })
        const made: { readonly reason: string; readonly release: () => void; released: boolean }[] = []
        for (const given of steps) {
          if ('hold' in given) {
            made.push({ reason: given.hold, release: lifecycle.hold(given.hold), released: false })
          } else {
            const hold = made[given.release]
            hold?.release()
            if (hold !== undefined) hold.released = true
          }
          const reasons = made.filter(({ released }) => !released).map(({ reason }) => `held: ${reason}`)
          expect(lifecycle.report().reasons).toEqual(reasons)
          expect(lifecycle.ready).toBe(reasons.length === 0)
          expect(lifecycle.probe({ url: '/readyz' })?.status).toBe(reasons.length === 0 ? 200 : 503)
          expect(lifecycle.probe({ url: '/livez' })?.status).toBe(200)
        }
        await end()
      }),
      RUNS,
    )
  })
})

it('the checks stop with the lifecycle, whenever that is, and leave no timer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 40_000 }), seeds, async (at, seed) => {
      const { results, lifecycle, end } = await serve(flapping(), { health: { interval: '2s', fall: 1 }, seed })
      await vi.advanceTimersByTimeAsync(at)
      await end()
      const asked = results.length
      expect(lifecycle.phase).toBe('stopped')
      await vi.advanceTimersByTimeAsync(60 * SECOND)
      expect(results).toHaveLength(asked)
      expect(vi.getTimerCount()).toBe(0)
    }),
    RUNS,
  )
})
