import { hostname } from 'node:os'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { defineDependency } from '../../src/dependency.ts'
import type { CheckContext, StageContext } from '../../src/dependency.ts'
import { LifecycleError } from '../../src/errors.ts'
import type { LifecycleOptions } from '../../src/lifecycle/lifecycle-options.ts'
import type { Logger } from '../../src/logger.ts'
import { resolveOptions } from '../../src/options/resolve-options.ts'
import { silentLogger } from './silent-logger.ts'

const CHECK_DEFAULTS = {
  interval: 10_000,
  retryInterval: 1_000,
  timeout: 1_000,
  fall: 3,
  rise: 2,
  abandonAfter: 30_000,
  staleAfter: 31_000,
  holdDown: false,
}

describe('with nothing given', () => {
  test.each([[undefined], [{}], [{ shutdown: {}, probes: { paths: {} }, warmUp: { retry: {} }, health: undefined }]])(
    'every value is known: %j',
    (options) => {
      expect(resolveOptions(options)).toEqual({
        service: { instance: `${hostname()}-${process.pid}` },
        dependencies: [],
        probes: {
          paths: { live: '/livez', ready: '/readyz', startup: '/startupz', health: '/healthz' },
          readiness: 'startup',
          details: 'summary',
          drainStatus: 503,
          envoy: false,
          trusted: [],
          port: undefined,
          host: undefined,
        },
        warmUp: {
          timeout: 60_000,
          readyWithin: 60_000,
          retry: { initial: 100, max: 5_000 },
          whileWarming: 'reject',
          queue: { size: 100, wait: 10_000 },
          onFailure: 'wait',
        },
        slowStart: undefined,
        shutdown: {
          gracePeriod: 30_000,
          preStop: 0,
          margin: 1_000,
          flush: 250,
          available: 29_000,
          lameDuck: { ms: 10_000, explicit: false },
          linger: 1_000,
          requests: undefined,
          longLived: undefined,
          deadline: 24_000,
          close: 5_000,
        },
        signals: ['SIGTERM', 'SIGINT'],
        exit: true,
        late: 'serve',
        onCrash: 'exit',
        logStyle: 'json',
        logger: undefined,
      })
    },
  )

  test('a dependency is critical, remote, and limited by the lifecycle', () => {
    const [dependency] = resolveOptions({
      dependencies: [{ name: 'postgres' }],
      warmUp: { timeout: '5s' },
    }).dependencies
    expect(dependency).toEqual({
      name: 'postgres',
      critical: true,
      scope: 'remote',
      liveness: false,
      dependsOn: [],
      rewarm: false,
      warmUp: undefined,
      check: undefined,
      drain: undefined,
      close: undefined,
      health: CHECK_DEFAULTS,
      limits: { warmUp: 5_000, drain: undefined, close: undefined },
    })
  })
})

describe('slow start', () => {
  test.each([[undefined], [false]] as const)('is off with %s', (slowStart) => {
    expect(resolveOptions({ slowStart }).slowStart).toBeUndefined()
  })

  test('takes its defaults for what is not given', () => {
    expect(resolveOptions({ slowStart: {} }).slowStart).toEqual({ window: 60_000, initial: 0.1, aggression: 1 })
    const given = { window: '2m', initial: 1, aggression: 0.5 } as const
    expect(resolveOptions({ slowStart: given }).slowStart).toEqual({ window: 120_000, initial: 1, aggression: 0.5 })
  })
})

describe('what is given', () => {
  test('stands in every section', () => {
    const resolved = resolveOptions({
      service: { name: 'shop', version: '1.4.2', instance: 'shop-7' },
      warmUp: { timeout: '2m', retry: { initial: '1s', max: '1s' }, whileWarming: 'serve', onFailure: 'exit' },
      probes: { readiness: 'always', details: 'full' },
      shutdown: { gracePeriod: '1m', lameDuck: false, signals: ['SIGTERM', 'SIGUSR2', 'SIGTERM'], exit: false },
      logger: false,
    })
    expect(resolved.service).toEqual({ name: 'shop', version: '1.4.2', instance: 'shop-7' })
    expect(resolved.warmUp).toEqual({
      timeout: 120_000,
      readyWithin: 120_000,
      retry: { initial: 1_000, max: 1_000 },
      whileWarming: 'serve',
      queue: { size: 100, wait: 10_000 },
      onFailure: 'exit',
    })
    expect(resolved.probes).toMatchObject({ readiness: 'always', details: 'full' })
    expect(resolved.shutdown).toMatchObject({ gracePeriod: 60_000, lameDuck: false, available: 59_000 })
    expect(resolved).toMatchObject({ signals: ['SIGTERM', 'SIGUSR2'], exit: false, logger: false })
  })

  test('leaves signals to the user when they are false', () => {
    expect(resolveOptions({ shutdown: { signals: false } }).signals).toEqual([])
  })

  test("is passed on as it is when it is the user's logger", () => {
    expect(resolveOptions({ logger: silentLogger }).logger).toBe(silentLogger)
  })

  test('stands in a dependency', () => {
    const { dependencies } = resolveOptions({
      dependencies: [
        { name: 'disk', critical: false, scope: 'local', liveness: true },
        { name: 'catalog', critical: false, dependsOn: ['disk', 'disk'], limits: { warmUp: 1, drain: '2s', close: 3 } },
      ],
    })
    expect(dependencies).toMatchObject([
      { critical: false, scope: 'local', liveness: true },
      { dependsOn: ['disk'], limits: { warmUp: 1, drain: 2_000, close: 3 } },
    ])
  })
})

describe('health', () => {
  test('comes from the dependency, else from the lifecycle, else from the defaults', () => {
    const { dependencies } = resolveOptions({
      health: { interval: '20s', fall: 5, abandonAfter: '2m' },
      dependencies: [{ name: 'a', health: { fall: 1, abandonAfter: '1m' } }, { name: 'b' }],
    })
    const common = { ...CHECK_DEFAULTS, interval: 20_000, staleAfter: 61_000 }
    expect(dependencies.map((dependency) => dependency.health)).toEqual([
      { ...common, fall: 1, abandonAfter: 60_000 },
      { ...common, fall: 5, abandonAfter: 120_000 },
    ])
  })

  test('holds down as the dependency says, as a whole, or as the lifecycle does; false is an answer', () => {
    const { dependencies } = resolveOptions({
      health: { holdDown: { base: '10s', max: '5m' } },
      dependencies: [
        { name: 'a' },
        { name: 'b', health: { holdDown: false } },
        { name: 'c', health: { holdDown: { base: 500, max: 500 } } },
      ],
    })
    expect(dependencies.map(({ health }) => health.holdDown)).toEqual([
      { base: 10_000, max: 300_000 },
      false,
      { base: 500, max: 500 },
    ])
  })

  test('never waits longer than interval while the state is changing, whoever said so', () => {
    const { dependencies } = resolveOptions({
      health: { interval: '30s', retryInterval: '20s' },
      dependencies: [{ name: 'a', health: { interval: '5s' } }, { name: 'b' }],
    })
    expect(dependencies.map(({ health }) => health.retryInterval)).toEqual([5_000, 20_000])
    expect(
      resolveOptions({ health: { interval: 100 }, dependencies: [{ name: 'a' }] }).dependencies[0]?.health,
    ).toMatchObject({
      retryInterval: 100,
    })
  })

  test("takes staleAfter from the check's own interval and timeout", () => {
    const { dependencies } = resolveOptions({
      dependencies: [{ name: 'a', health: { interval: '1m', timeout: '5s' } }],
    })
    expect(dependencies[0]?.health.staleAfter).toBe(3 * 60_000 + 5_000)
  })

  test('never makes staleAfter longer than a timer can run', () => {
    const [dependency] = resolveOptions({ dependencies: [{ name: 'a', health: { interval: '200h' } }] }).dependencies
    expect(dependency?.health.staleAfter).toBe(2 ** 31 - 1)
  })
})

describe('probe paths', () => {
  test('get a slash in front, none at the end, and the prefix', () => {
    const { paths } = resolveOptions({
      probes: { prefix: 'internal/', paths: { live: 'alive', ready: '/ready/', startup: false, health: '/' } },
    }).probes
    expect(paths).toEqual({
      live: '/internal/alive',
      ready: '/internal/ready',
      startup: false,
      health: '/internal',
    })
  })

  test.each(['', '/', undefined])('have no prefix when it is %j', (prefix) => {
    expect(resolveOptions({ probes: { prefix } }).probes.paths.live).toBe('/livez')
  })

  test('may all be left to the application', () => {
    const none = { live: false, ready: false, startup: false, health: false } as const
    expect(resolveOptions({ probes: { paths: none } }).probes.paths).toEqual(none)
  })
})

describe("the caller's object", () => {
  test('is only read, and the result shares nothing with it that could change', () => {
    const dependsOn = ['postgres']
    const signals: NodeJS.Signals[] = ['SIGTERM']
    const options = deepFrozen({
      dependencies: [{ name: 'postgres' }, { name: 'catalog', health: { fall: 1 }, limits: { close: '1s' } }],
      shutdown: { gracePeriod: '10s' },
      probes: { paths: { live: '/x' } },
    } satisfies LifecycleOptions)
    resolveOptions(options)

    const resolved = resolveOptions({
      dependencies: [{ name: 'postgres' }, { name: 'b', dependsOn }],
      shutdown: { signals },
    })
    dependsOn.push('nobody')
    signals.push('SIGHUP')
    expect(resolved.dependencies[1]?.dependsOn).toEqual(['postgres'])
    expect(resolved.signals).toEqual(['SIGTERM'])
  })

  test('stays the `this` of its functions, with what they keep on it', async () => {
    class Queue {
      readonly name = 'queue'
      readonly calls: string[] = []
      async warmUp(): Promise<void> {
        this.calls.push('warmUp')
      }
      check(): { readonly status: 'warn'; readonly message: string } {
        return { status: 'warn', message: this.calls.join() }
      }
      async drain(): Promise<void> {
        this.calls.push('drain')
      }
      async close(): Promise<void> {
        this.calls.push('close')
      }
    }
    const queue = new Queue()
    const [resolved] = resolveOptions({ dependencies: [queue] }).dependencies
    await resolved?.warmUp?.({
      ...context(),
      progress: () => {},
      connectToSelf: () => Promise.reject(new Error('none')),
    })
    await resolved?.drain?.(context())
    await resolved?.close?.(context())
    expect(queue.calls).toEqual(['warmUp', 'drain', 'close'])
    expect(resolved?.check?.({ ...context(), abandonAfter: 1 } satisfies CheckContext)).toEqual({
      status: 'warn',
      message: 'warmUp,drain,close',
    })
  })

  test('hands each function its own context, and a synchronous throw is a rejection', async () => {
    const given: unknown[] = []
    const [resolved] = resolveOptions({
      dependencies: [
        defineDependency({
          name: 'queue',
          close(stage) {
            given.push(stage)
            throw new Error('already closed')
          },
        }),
      ],
    }).dependencies
    const stage = context()
    await expect(resolved?.close?.(stage)).rejects.toThrow('already closed')
    expect(given).toEqual([stage])
  })
})

test('the result is frozen to the ground', () => {
  const resolved = resolveOptions({
    service: { name: 'shop' },
    dependencies: [{ name: 'a' }, { name: 'b', dependsOn: ['a'], limits: { close: '1s' } }],
    health: { holdDown: { base: '1s', max: '2s' } },
    probes: { paths: { live: false } },
    shutdown: { lameDuck: '5s', signals: ['SIGTERM'] },
  })
  expect(unfrozenIn(resolved, 'resolved')).toEqual([])
  expect(unfrozenIn(resolveOptions(), 'defaults')).toEqual([])
})

test('whatever is put into real options, it is resolved or refused with a list of faults, never by accident', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true })
  const some = (keys: readonly string[], value: fc.Arbitrary<unknown> = anything) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] })
  const health = fc.oneof(
    some(['interval', 'retryInterval', 'timeout', 'fall', 'rise', 'abandonAfter', 'staleAfter']),
    some(['holdDown'], fc.oneof(some(['base', 'max']), anything)),
  )
  const dependency = fc.record(
    {
      name: fc.oneof(fc.constantFrom('a', 'b', 'c'), anything),
      critical: fc.oneof(fc.boolean(), anything),
      scope: anything,
      liveness: anything,
      dependsOn: fc.oneof(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), anything),
      check: anything,
      close: anything,
      health: fc.oneof(health, anything),
      limits: fc.oneof(some(['warmUp', 'drain', 'close']), anything),
    },
    { requiredKeys: [] },
  )
  const options = fc.record(
    {
      service: fc.oneof(some(['name', 'version', 'instance']), anything),
      dependencies: fc.oneof(fc.array(fc.oneof(dependency, anything)), anything),
      health: fc.oneof(health, anything),
      probes: fc.oneof(some(['paths', 'prefix', 'readiness', 'details']), anything),
      warmUp: fc.oneof(some(['timeout', 'retry', 'whileWarming', 'onFailure']), anything),
      shutdown: fc.oneof(
        some(['gracePeriod', 'preStop', 'lameDuck', 'close', 'requests', 'signals', 'exit']),
        anything,
      ),
      logger: anything,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(options, anything), (given) => {
      expect([undefined, 'TIDEGATE_CONFIG']).toContain(refusalOf(given))
    }),
  )
})

/** The code of the error, or the whole of it when it has none; `undefined` when the options were taken. */
function refusalOf(options: unknown): unknown {
  try {
    resolveOptions(options as LifecycleOptions)
    return undefined
  } catch (error) {
    return error instanceof LifecycleError ? error.code : error
  }
}

function context(): StageContext {
  return { signal: new AbortController().signal, remaining: () => 1_000, logger: silentLogger satisfies Logger }
}

function deepFrozen<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFrozen(inner)
  return Object.freeze(value)
}

function unfrozenIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([key, inner]) => unfrozenIn(inner, `${path}.${key}`))
  return Object.isFrozen(value) ? inside : [path, ...inside]
}
