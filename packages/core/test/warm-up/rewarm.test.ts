import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Dependency, Lifecycle, LifecycleOptions, WarmUpContext } from '../../src/index.ts'

let lifecycle: Lifecycle
/** Whose check fails. */
let down: Set<string>
/** Every warm-up so far, with what had recovered. */
let warmed: string[]
let told: string[]

/** One that is checked, and whose warm-up fails while it is down. */
function server(name: string, rest: Partial<Dependency> = {}): Dependency {
  return {
    ...holder(name),
    check() {
      if (down.has(name)) throw new Error(`${name} refuses`)
    },
    ...rest,
  }
}

/** One that holds what it has from those it depends on. */
function holder(name: string, rest: Partial<Dependency> = {}): Dependency {
  return {
    name,
    rewarm: true,
    async warmUp({ recovered }) {
      if (down.has(name)) throw new Error(`${name} refuses`)
      warmed.push(recovered === undefined ? name : `${name} after ${recovered.join(', ')}`)
    },
    ...rest,
  }
}

async function start(dependencies: readonly Dependency[], options: LifecycleOptions = {}): Promise<void> {
  lifecycle = createLifecycle({
    dependencies,
    health: { interval: 1_000, retryInterval: 100, timeout: 100, fall: 1, rise: 2 },
    warmUp: { retry: { initial: 100, max: 200 }, timeout: '2s' },
    shutdown: { linger: false, signals: false, exit: false },
    logger: false,
    ...options,
  })
  lifecycle.on('health', ({ dependency, status }) => told.push(`${dependency} ${status}`))
  lifecycle.on('warmup', ({ dependency, state, again }) => again && told.push(`${dependency} ${state}`))
  void lifecycle.start()
  await vi.advanceTimersByTimeAsync(3_000)
  warmed = []
  told = []
}

async function fail(...names: string[]): Promise<void> {
  for (const name of names) down.add(name)
  await vi.advanceTimersByTimeAsync(1_200)
}

/** Its next two checks pass. */
async function recover(...names: string[]): Promise<void> {
  for (const name of names) down.delete(name)
  await vi.advanceTimersByTimeAsync(1_200)
}

const health = (): number | undefined => lifecycle.probe({ method: 'GET', url: '/healthz', headers: {} })?.status
const messageOf = (name: string): string | undefined => lifecycle.report().dependencies[name]?.message

/** A warm-up that waits for the test, from its second time on. */
function held(): {
  readonly contexts: WarmUpContext[]
  release(): void
  warmUp(context: WarmUpContext): Promise<void>
} {
  const contexts: WarmUpContext[] = []
  let release = (): void => {}
  return {
    contexts,
    release: () => release(),
    async warmUp(context) {
      if (context.recovered === undefined) return
      contexts.push(context)
      await new Promise<void>((resolve) => (release = resolve))
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  down = new Set()
  warmed = []
  told = []
})

afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await lifecycle.shutdown()
})

describe('what a recovery has made cold', () => {
  test('is warmed again, itself first and then what depends on it, before its status turns', async () => {
    await start([
      holder('page', { dependsOn: ['catalog'] }),
      holder('catalog', { dependsOn: ['db'] }),
      server('db'),
      holder('flags', { dependsOn: ['db'], rewarm: false }),
      server('redis'),
    ])
    await fail('db')
    expect(health()).toBe(503)
    await recover('db')

    expect(warmed).toEqual(['db after db', 'catalog after db', 'page after db'])
    expect(told).toEqual([
      'db fail',
      'db started',
      'db done',
      'catalog started',
      'catalog done',
      'page started',
      'page done',
      'db pass',
    ])
    expect(health()).toBe(200)
  })

  test('keeps /healthz failing, and the report says how far it has come', async () => {
    const { warmUp, contexts, release } = held()
    await start([server('db'), holder('catalog', { dependsOn: ['db'], warmUp })])
    await fail('db')
    expect(messageOf('db')).toBe('db refuses')
    await recover('db')

    expect(messageOf('db')).toBe('warming again: catalog')
    const events: unknown[] = []
    lifecycle.on('warmup', (event) => events.push(event))
    await vi.advanceTimersByTimeAsync(30)
    contexts[0]?.progress(3, 10, 'regions')
    expect(messageOf('db')).toBe('warming again: catalog 3/10 regions')
    expect(events).toMatchObject([
      { again: true, done: 3, total: 10, unit: 'regions', remainingMs: expect.any(Number) },
    ])
    // Checks that pass meanwhile change nothing.
    await vi.advanceTimersByTimeAsync(1_000)
    expect(messageOf('db')).toBe('warming again: catalog 3/10 regions')
    expect(health()).toBe(503)

    release()
    await vi.advanceTimersByTimeAsync(0)
    expect(lifecycle.report().dependencies['db']).toMatchObject({ status: 'pass' })
    expect(messageOf('db')).toBeUndefined()
    expect(health()).toBe(200)
  })

  test('is warmed in parallel where the graph allows', async () => {
    const [left, right] = [held(), held()]
    await start([
      server('db', { rewarm: false }),
      holder('left', { dependsOn: ['db'], warmUp: left.warmUp }),
      holder('right', { dependsOn: ['db'], warmUp: right.warmUp }),
    ])
    await fail('db')
    await recover('db')

    expect(messageOf('db')).toBe('warming again: left, right')
    left.release()
    await vi.advanceTimersByTimeAsync(0)
    expect(messageOf('db')).toBe('warming again: right')
    right.release()
    await vi.advanceTimersByTimeAsync(0)
    expect(health()).toBe(200)
  })

  test('is nothing where nothing has asked for it, and the status turns at once', async () => {
    await start([server('db', { rewarm: false }), holder('catalog', { dependsOn: ['db'], rewarm: false })])
    await fail('db')
    await recover('db')

    expect(told).toEqual(['db fail', 'db pass'])
  })

  test('is nothing at the first readiness, however often the first results have failed', async () => {
    down.add('db')
    await start([server('db', { async warmUp() {} }), holder('catalog', { dependsOn: ['db'] })])
    expect(lifecycle.phase).toBe('warming')
    await recover('db')

    expect(lifecycle.phase).toBe('ready')
    expect(told).toEqual(['db pass'])
  })

  test('is warmed once for two that recover together', async () => {
    await start([
      server('db', { rewarm: false }),
      server('search', { rewarm: false }),
      holder('catalog', { dependsOn: ['db', 'search'] }),
    ])
    await fail('db', 'search')
    await recover('db', 'search')

    expect(warmed).toEqual(['catalog after db, search'])
    expect(health()).toBe(200)
  })

  test('is left to the one that still fails, when it needs both', async () => {
    await start([
      server('db', { rewarm: false }),
      server('search', { rewarm: false }),
      holder('catalog', { dependsOn: ['db', 'search'] }),
    ])
    await fail('db', 'search')
    await recover('db')
    expect(lifecycle.report().dependencies['db']?.status).toBe('pass')
    expect(warmed).toEqual([])
    await recover('search')

    expect(warmed).toEqual(['catalog after db, search'])
    expect(told.slice(-3)).toEqual(['catalog started', 'catalog done', 'search pass'])
  })

  test('is left to a server that still fails itself', async () => {
    await start([server('network', { rewarm: false }), server('db', { dependsOn: ['network'] })])
    await fail('network', 'db')
    await recover('network')
    expect(lifecycle.report().dependencies['network']?.status).toBe('pass')
    expect(warmed).toEqual([])
    await recover('db')

    expect(warmed).toEqual(['db after network, db'])
  })
})

describe('an attempt that fails', () => {
  test('is repeated until it works, and the report says why', async () => {
    let attempts = 0
    await start([
      server('db', { rewarm: false }),
      holder('catalog', {
        dependsOn: ['db'],
        async warmUp({ recovered }) {
          if (recovered !== undefined && attempts++ < 3) throw new Error('postgres://app:hunter2@db is not there')
        },
      }),
    ])
    await fail('db')
    down.delete('db')
    while (!messageOf('db')?.includes('attempt')) await vi.advanceTimersByTimeAsync(10)

    expect(messageOf('db')).toMatch(/^warming again: catalog \(attempt \d, after: .*is not there\)$/)
    expect(messageOf('db')).not.toContain('hunter2')
    expect(health()).toBe(503)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(attempts).toBe(4)
    expect(health()).toBe(200)
  })

  test('has the limit of a warm-up', async () => {
    const { warmUp, contexts } = held()
    await start([server('db', { rewarm: false }), holder('catalog', { dependsOn: ['db'], warmUp })])
    await fail('db')
    await recover('db')
    await vi.advanceTimersByTimeAsync(2_100)

    expect(contexts[0]?.signal.reason).toMatchObject({ code: 'TIDEGATE_TIMEOUT' })
    expect(contexts).toHaveLength(2)
    expect(messageOf('db')).toContain('took longer than 2s')
  })

  test('of one that is not critical holds the recovery back no further, and is repeated behind', async () => {
    let attempts = 0
    await start([
      server('db', { rewarm: false }),
      holder('catalog', {
        critical: false,
        dependsOn: ['db'],
        async warmUp({ recovered }) {
          if (recovered !== undefined && attempts++ < 2) throw new Error('too cold')
        },
      }),
      holder('page', { critical: false, dependsOn: ['catalog'] }),
    ])
    await fail('db')
    await recover('db')
    await vi.advanceTimersByTimeAsync(1_000)

    expect(told).toEqual([
      'db fail',
      'catalog started',
      'db pass',
      'catalog failed',
      'catalog started',
      'catalog failed',
      'catalog started',
      'catalog done',
      'page started',
      'page done',
    ])
  })

  test('of the one that has recovered itself holds its status back, critical or not', async () => {
    let attempts = 0
    await start([
      server('db', {
        critical: false,
        async warmUp({ recovered }) {
          if (recovered !== undefined && attempts++ < 2) throw new Error('too cold')
        },
      }),
    ])
    await fail('db')
    await recover('db')
    await vi.advanceTimersByTimeAsync(1_000)

    expect(told).toEqual([
      'db fail',
      'db started',
      'db failed',
      'db started',
      'db failed',
      'db started',
      'db done',
      'db pass',
    ])
  })
})

describe('a fail while it is warmed again', () => {
  test('aborts the attempts, and the next recovery begins anew', async () => {
    const { warmUp, contexts, release } = held()
    await start([server('db', { rewarm: false }), holder('catalog', { dependsOn: ['db'], warmUp })])
    await fail('db')
    await recover('db')
    expect(contexts).toHaveLength(1)

    await fail('db')
    expect(contexts[0]?.signal.aborted).toBe(true)
    expect(messageOf('db')).toBe('db refuses')
    release()
    await vi.advanceTimersByTimeAsync(0)
    expect(health()).toBe(503)

    await recover('db')
    expect(contexts).toHaveLength(2)
    expect(health()).toBe(503)
    release()
    await vi.advanceTimersByTimeAsync(0)
    expect(health()).toBe(200)
    expect(told.filter((what) => what === 'db pass')).toHaveLength(1)
  })

  test('ends what was repeated behind', async () => {
    const tried: boolean[] = []
    await start([
      server('db', { rewarm: false }),
      holder('catalog', {
        critical: false,
        dependsOn: ['db'],
        async warmUp({ recovered }) {
          if (recovered === undefined) return
          tried.push(down.has('db'))
          throw new Error('too cold')
        },
      }),
    ])
    await fail('db')
    await recover('db')
    await fail('db')
    tried.length = 0
    await vi.advanceTimersByTimeAsync(10_000)

    expect(tried).toEqual([])
  })
})

test('the hold of one that flaps comes first, and is not begun again by the waiting', async () => {
  const { warmUp, contexts, release } = held()
  await start([server('db', { rewarm: false }), holder('catalog', { dependsOn: ['db'], warmUp })], {
    health: {
      interval: 1_000,
      retryInterval: 100,
      timeout: 100,
      fall: 1,
      rise: 2,
      holdDown: { base: '5s', max: '1m' },
    },
  })
  await fail('db')
  await recover('db')
  expect(contexts).toHaveLength(0)
  expect(lifecycle.report().dependencies['db']?.heldUntil).toBeDefined()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(contexts).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(500)
  expect(lifecycle.report().dependencies['db']?.heldUntil).toBeUndefined()

  release()
  await vi.advanceTimersByTimeAsync(0)
  expect(health()).toBe(200)
})

test('a shutdown aborts it, and lets the status turn for those who are still served', async () => {
  const { warmUp, contexts } = held()
  await start([server('db', { rewarm: false }), holder('catalog', { dependsOn: ['db'], warmUp })])
  await fail('db')
  await recover('db')
  const stopped = lifecycle.shutdown({ lameDuck: '5s' })

  expect(contexts[0]?.signal.aborted).toBe(true)
  expect(lifecycle.report().dependencies['db']?.status).toBe('pass')
  await vi.advanceTimersByTimeAsync(10_000)
  await stopped
  expect(contexts).toHaveLength(1)
})

test('one without a warm-up cannot be warmed again', async () => {
  await start([])

  expect(() => createLifecycle({ dependencies: [{ name: 'db', rewarm: true }] })).toThrow(
    'there is no warmUp that could be run again',
  )
})
