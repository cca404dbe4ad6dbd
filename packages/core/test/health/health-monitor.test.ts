import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createDependencyGraph } from '../../src/graph/dependency-graph.ts'
import { HealthMonitor } from '../../src/health/health-monitor.ts'
import type { HealthMonitorPlan } from '../../src/health/health-monitor.ts'
import type { MonitoredDependency } from '../../src/health/monitored-dependency.ts'
import type { LifecycleEvents } from '../../src/lifecycle/events.ts'
import type { Logger } from '../../src/logger.ts'
import { SILENT } from '../../src/logger.ts'
import { after, MIDDLE, never, OPTIONS, TURN } from './loop-fixture.ts'

interface Heard {
  readonly event: keyof LifecycleEvents
  readonly value: unknown
}

function dependency(name: string, given: Partial<MonitoredDependency> = {}): MonitoredDependency {
  return {
    name,
    critical: true,
    scope: 'remote',
    liveness: false,
    dependsOn: [],
    warmsUp: true,
    options: OPTIONS,
    ...given,
  }
}

interface MonitorFixture {
  readonly monitor: HealthMonitor
  readonly heard: readonly Heard[]
  readonly onChange: ReturnType<typeof vi.fn>
}

/** `beneath` says what lies beneath each, the deepest first. */
function createMonitor(
  dependencies: readonly MonitoredDependency[],
  {
    beneath = {},
    rootCauseOf = (name, isFailing) => beneath[name]?.find(isFailing),
    logger = SILENT,
  }: {
    beneath?: Record<string, string[]>
    rootCauseOf?: HealthMonitorPlan['rootCauseOf']
    logger?: Logger
  } = {},
): MonitorFixture {
  const heard: Heard[] = []
  const onChange = vi.fn<() => void>()
  const monitor = new HealthMonitor({
    dependencies,
    rootCauseOf,
    emit: (event, value) => void heard.push({ event, value }),
    logger,
    onChange,
    random: MIDDLE,
  })
  return { monitor, heard, onChange }
}

const refuse = (): never => {
  throw new Error('connect ECONNREFUSED')
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a dependency that is not warm', () => {
  it('fails, without a timer and without an event', () => {
    const { monitor, heard } = createMonitor([dependency('postgres'), dependency('queue', { warmsUp: false })])
    expect(monitor.reports()).toEqual({
      postgres: {
        status: 'fail',
        critical: true,
        since: '2026-01-01T00:00:00.000Z',
        message: 'not warmed up yet',
        dependsOn: [],
        consecutive: 0,
      },
      queue: {
        status: 'fail',
        critical: true,
        since: '2026-01-01T00:00:00.000Z',
        message: 'not started yet',
        dependsOn: [],
        consecutive: 0,
      },
    })
    expect(monitor.statusOf('postgres')).toBe('fail')
    expect(monitor.hasVerdict('postgres')).toBe(false)
    expect(heard).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('says why its warm-up failed, without credentials', () => {
    const { monitor, onChange } = createMonitor([dependency('postgres')])
    monitor.fail('postgres', 'connect postgres://shop:hunter2@db failed')
    expect(monitor.reports()['postgres']?.message).toBe('connect postgres://***@db failed')
    expect(onChange).toHaveBeenCalledTimes(1)
  })
})

describe('a dependency without a check', () => {
  it('passes as soon as it is warm', () => {
    const { monitor, heard } = createMonitor([dependency('catalog')])
    monitor.begin('catalog')
    expect(monitor.hasVerdict('catalog')).toBe(true)
    expect(monitor.reports()['catalog']).toMatchObject({ status: 'pass', consecutive: 0 })
    expect(monitor.reports()['catalog']).not.toHaveProperty('message')
    expect(heard).toEqual([
      { event: 'health', value: { dependency: 'catalog', status: 'pass', previous: 'fail', critical: true } },
    ])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a dependency with a check', () => {
  it('fails until its first result, which counts at once', async () => {
    const { monitor } = createMonitor([dependency('postgres', { check: () => after(20, undefined) })])
    monitor.begin('postgres')
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'fail', message: 'no result yet' })
    expect(monitor.hasVerdict('postgres')).toBe(false)
    await vi.advanceTimersByTimeAsync(20)
    expect(monitor.hasVerdict('postgres')).toBe(true)
    expect(monitor.reports()['postgres']).toEqual({
      status: 'pass',
      critical: true,
      since: '2026-01-01T00:00:00.020Z',
      checkedAt: '2026-01-01T00:00:00.020Z',
      latencyMs: 20,
      dependsOn: [],
      consecutive: 1,
    })
  })

  it('emits each result, and the status only when it has changed', async () => {
    let healthy = true
    const { monitor, heard } = createMonitor([
      dependency('postgres', { check: () => (healthy ? undefined : refuse()) }),
    ])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    healthy = false
    await vi.advanceTimersByTimeAsync(7_000)
    expect(heard.map(({ event }) => event)).toEqual(['check', 'health', 'check', 'check', 'check', 'health'])
    expect(heard[2]?.value).toEqual({
      dependency: 'postgres',
      result: { status: 'fail', message: 'connect ECONNREFUSED' },
      latencyMs: 0,
    })
    expect(heard.at(-1)?.value).toEqual({
      dependency: 'postgres',
      status: 'fail',
      previous: 'pass',
      critical: true,
      message: 'connect ECONNREFUSED',
    })
  })

  it('goes on saying why it fails until it has recovered', async () => {
    let healthy = false
    const { monitor } = createMonitor([dependency('postgres', { check: () => (healthy ? undefined : refuse()) })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    healthy = true
    await vi.advanceTimersByTimeAsync(5_000)
    expect(monitor.reports()['postgres']).toMatchObject({
      status: 'fail',
      message: 'connect ECONNREFUSED',
      consecutive: 1,
    })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'pass', consecutive: 2 })
    expect(monitor.reports()['postgres']).not.toHaveProperty('message')
  })

  it('does not show a fail that is not counted yet as the reason of a warning', async () => {
    let slow = true
    const check = () => (slow ? ({ status: 'warn', message: 'slow' } as const) : refuse())
    const { monitor } = createMonitor([dependency('postgres', { check })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    slow = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'warn', message: 'slow', consecutive: 1 })
  })

  it('shows the data of the last result', async () => {
    let waiting = 0
    const check = () => ({ status: 'warn', message: 'the pool is full', data: { waiting: (waiting += 1) } }) as const
    const { monitor } = createMonitor([dependency('postgres', { check })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(monitor.reports()['postgres']).toMatchObject({
      status: 'warn',
      message: 'the pool is full',
      data: { waiting: 2 },
    })
  })

  it('is given a logger that names it', async () => {
    const info = vi.fn<Logger['info']>()
    const check = ({ logger }: { logger: Logger }): void => logger.info({ lag: 3 }, 'behind')
    const { monitor } = createMonitor([dependency('postgres', { check })], { logger: { ...SILENT, info } })
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    expect(info).toHaveBeenCalledWith({ dependency: 'postgres', lag: 3 }, 'behind')
  })

  it('is begun once, however often it is said to be warm', async () => {
    const check = vi.fn<() => void>()
    const { monitor } = createMonitor([dependency('postgres', { check })])
    monitor.begin('postgres')
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    monitor.begin('postgres')
    expect(monitor.statusOf('postgres')).toBe('pass')
    expect(check).toHaveBeenCalledTimes(1)
    monitor.fail('postgres', 'too late to matter')
    expect(monitor.statusOf('postgres')).toBe('pass')
  })

  it('fails when no result has come for staleAfter, and needs rise results to come back', async () => {
    // A pause that no healthy loop makes stands for a loop that has died.
    const options = { ...OPTIONS, interval: 100_000, staleAfter: 31_000 }
    const { monitor, heard } = createMonitor([dependency('postgres', { options, check: () => undefined })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(31_000 + TURN)
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'fail', message: 'no result for 31000 ms' })
    expect(heard.at(-1)).toMatchObject({ event: 'health', value: { status: 'fail', previous: 'pass' } })
    await vi.advanceTimersByTimeAsync(19_000)
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'fail', message: 'no result for 31000 ms' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(monitor.statusOf('postgres')).toBe('pass')
  })

  it('says until when it is held, is asked at the steady pace meanwhile, and turns when that is over', async () => {
    const options = { ...OPTIONS, fall: 1, rise: 2, holdDown: { base: 15_000, max: 60_000 } }
    let healthy = true
    const check = vi.fn<() => void>(() => (healthy ? undefined : refuse()))
    const { monitor, heard } = createMonitor([dependency('postgres', { options, check })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    healthy = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'fail', consecutive: 1 })
    healthy = true
    await vi.advanceTimersByTimeAsync(10_000)
    expect(monitor.reports()['postgres']).not.toHaveProperty('heldUntil')
    await vi.advanceTimersByTimeAsync(1_000)
    check.mockClear()
    expect(monitor.reports()['postgres']).toMatchObject({
      status: 'fail',
      message: 'connect ECONNREFUSED',
      consecutive: 2,
      heldUntil: '2026-01-01T00:00:31.000Z',
    })
    await vi.advanceTimersByTimeAsync(14_999)
    expect(check).toHaveBeenCalledTimes(1)
    expect(monitor.statusOf('postgres')).toBe('fail')
    await vi.advanceTimersByTimeAsync(1)
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'pass', since: '2026-01-01T00:00:31.000Z' })
    expect(monitor.reports()['postgres']).not.toHaveProperty('heldUntil')
    expect(heard.filter(({ event }) => event === 'health')).toHaveLength(3)
  })

  it('is held as long, and says so in the time of the new clock, when the clock of the wall jumps', async () => {
    const options = { ...OPTIONS, fall: 1, rise: 1, holdDown: { base: 15_000, max: 60_000 } }
    let healthy = true
    const check = (): undefined => (healthy ? undefined : refuse())
    const { monitor } = createMonitor([dependency('postgres', { options, check })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    healthy = false
    await vi.advanceTimersByTimeAsync(5_000)
    healthy = true
    await vi.advanceTimersByTimeAsync(10_000)
    vi.setSystemTime(Date.UTC(2030, 0, 1))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(monitor.reports()['postgres']).toMatchObject({ status: 'fail', heldUntil: '2030-01-01T00:00:15.000Z' })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(monitor.statusOf('postgres')).toBe('fail')
    await vi.advanceTimersByTimeAsync(1)
    expect(monitor.statusOf('postgres')).toBe('pass')
  })

  it('is never stale while it hangs, because every fail that is counted is a result', async () => {
    const { monitor } = createMonitor([dependency('postgres', { check: never })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(120_000)
    expect(monitor.reports()['postgres']?.message).toMatch(/^no answer for \d+ ms$/)
  })
})

describe('status', () => {
  it('fails for a critical dependency and only warns for another', () => {
    const { monitor } = createMonitor([dependency('postgres'), dependency('redis', { critical: false })])
    expect(monitor.status).toBe('fail')
    monitor.begin('postgres')
    expect(monitor.status).toBe('warn')
    monitor.begin('redis')
    expect(monitor.status).toBe('pass')
  })

  it('passes when there are no dependencies', () => {
    expect(createMonitor([]).monitor.status).toBe('pass')
  })
})

describe('alive', () => {
  const local = { scope: 'local', liveness: true } as const

  it('is true until a local check that liveness hangs on has failed', async () => {
    const { monitor } = createMonitor([
      dependency('loop', { ...local, check: () => after(10, { status: 'fail' } as const) }),
    ])
    expect(monitor.alive).toBe(true)
    monitor.begin('loop')
    expect(monitor.alive).toBe(true)
    await vi.advanceTimersByTimeAsync(10)
    expect(monitor.alive).toBe(false)
  })

  it('hangs on no remote dependency, and on no local one that does not say so', async () => {
    const { monitor } = createMonitor([
      dependency('postgres', { liveness: true, check: refuse }),
      dependency('disk', { scope: 'local', check: refuse }),
    ])
    monitor.begin('postgres')
    monitor.begin('disk')
    await vi.advanceTimersByTimeAsync(0)
    expect(monitor.hasVerdict('disk')).toBe(true)
    expect(monitor.alive).toBe(true)
  })

  it('is not lost to a warning', async () => {
    const { monitor } = createMonitor([dependency('loop', { ...local, check: () => ({ status: 'warn' }) })])
    monitor.begin('loop')
    await vi.advanceTimersByTimeAsync(0)
    expect(monitor.alive).toBe(true)
  })
})

describe('reports', () => {
  it('are the same frozen object until something changes', async () => {
    const { monitor, onChange } = createMonitor([dependency('postgres', { check: () => undefined })])
    const before = monitor.reports()
    const { version } = monitor
    expect(monitor.reports()).toBe(before)
    expect(Object.isFrozen(before)).toBe(true)
    expect(Object.isFrozen(before['postgres'])).toBe(true)
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    expect(monitor.reports()).not.toBe(before)
    expect(monitor.version).toBe(version + onChange.mock.calls.length)
    expect(before['postgres']?.status).toBe('fail')
  })

  it('have changed before anybody hears of it', async () => {
    const statuses: unknown[] = []
    const monitor: HealthMonitor = new HealthMonitor({
      dependencies: [dependency('postgres', { check: () => undefined })],
      rootCauseOf: () => undefined,
      emit: (event) => void statuses.push([event, monitor.reports()['postgres']?.status]),
      logger: SILENT,
      onChange: () => void statuses.push(['change', monitor.reports()['postgres']?.status]),
    })
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    monitor.stopAll()
    expect(statuses).toEqual([
      ['change', 'fail'],
      ['check', 'pass'],
      ['health', 'pass'],
      ['change', 'pass'],
    ])
  })

  it('name the failing dependency beneath a failing one, and none beneath what passes', async () => {
    let healthy = true
    const check = (): undefined => (healthy ? undefined : refuse())
    const options = { ...OPTIONS, fall: 1 }
    const { monitor, heard } = createMonitor(
      [dependency('postgres', { options, check }), dependency('catalog', { options, check })],
      { beneath: { catalog: ['postgres'] } },
    )
    monitor.begin('postgres')
    monitor.begin('catalog')
    await vi.advanceTimersByTimeAsync(0)
    expect(monitor.reports()['catalog']).not.toHaveProperty('rootCause')
    healthy = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect(monitor.reports()['catalog']).toMatchObject({ status: 'fail', rootCause: 'postgres' })
    expect(monitor.reports()['postgres']).not.toHaveProperty('rootCause')
    expect(heard.at(-1)).toMatchObject({ event: 'health', value: { dependency: 'catalog', rootCause: 'postgres' } })
  })
})

describe('a cause', () => {
  function monitorOf(failing: readonly string[]): MonitorFixture {
    const nodes = [
      { name: 'postgres' },
      { name: 'redis', critical: false },
      { name: 'orders', dependsOn: ['postgres'] },
      { name: 'catalog', dependsOn: ['orders'] },
      { name: 'recommendations', critical: false, dependsOn: ['redis', 'catalog'] },
    ]
    const { rootCauseOf } = createDependencyGraph(nodes)
    const fixture = createMonitor(
      nodes.map(({ name, ...given }) =>
        dependency(name, { ...given, check: () => (failing.includes(name) ? refuse() : undefined) }),
      ),
      { rootCauseOf },
    )
    for (const { name } of nodes) fixture.monitor.begin(name)
    return fixture
  }

  const told = ({ monitor }: MonitorFixture): object =>
    Object.fromEntries(
      Object.entries(monitor.reports()).map(([name, { rootCause, affects }]) => [name, rootCause ?? affects]),
    )

  it('names all that follow it, through whatever lies between, and each of these names it', async () => {
    const fixture = monitorOf(['postgres', 'catalog', 'recommendations'])
    await vi.advanceTimersByTimeAsync(0)
    expect(told(fixture)).toEqual({
      postgres: ['catalog', 'recommendations'],
      redis: undefined,
      orders: undefined,
      catalog: 'postgres',
      recommendations: 'postgres',
    })
    expect(fixture.monitor.reports()['recommendations']?.dependsOn).toEqual(['redis', 'catalog'])
    expect(Object.isFrozen(fixture.monitor.reports()['postgres']?.affects)).toBe(true)
  })

  it('is not what happens to fail as well and lies beneath nothing that fails', async () => {
    const fixture = monitorOf(['redis', 'catalog'])
    await vi.advanceTimersByTimeAsync(0)
    expect(told(fixture)).toEqual({
      postgres: undefined,
      redis: undefined,
      orders: undefined,
      catalog: undefined,
      recommendations: undefined,
    })
  })

  it('is one for each, the deepest, when several beneath it fail', async () => {
    const fixture = monitorOf(['postgres', 'redis', 'recommendations'])
    await vi.advanceTimersByTimeAsync(0)
    expect(told(fixture)).toMatchObject({
      postgres: ['recommendations'],
      redis: undefined,
      recommendations: 'postgres',
    })
  })
})

describe('a dependency that passes', () => {
  it('has no root cause, whatever fails beneath it', () => {
    const { monitor } = createMonitor([dependency('postgres'), dependency('catalog')], {
      beneath: { catalog: ['postgres'] },
    })
    expect(monitor.reports()['catalog']).toHaveProperty('rootCause', 'postgres')
    monitor.begin('catalog')
    expect(monitor.reports()['catalog']).not.toHaveProperty('rootCause')
  })
})

describe('stop', () => {
  it('ends one check, whose last report stands', async () => {
    const check = vi.fn<() => void>()
    const { monitor, onChange } = createMonitor([dependency('postgres', { check }), dependency('redis', { check })])
    monitor.begin('postgres')
    monitor.begin('redis')
    await vi.advanceTimersByTimeAsync(0)
    monitor.stop('postgres')
    onChange.mockClear()
    check.mockClear()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(check).toHaveBeenCalledTimes(1)
    expect(monitor.statusOf('postgres')).toBe('pass')
  })

  it('lets nothing begin afterwards, and leaves no timer', async () => {
    const check = vi.fn<() => void>()
    const { monitor, onChange } = createMonitor([dependency('postgres', { check }), dependency('redis', { check })])
    monitor.begin('postgres')
    await vi.advanceTimersByTimeAsync(0)
    monitor.stopAll()
    onChange.mockClear()
    monitor.begin('redis')
    monitor.fail('redis', 'aborted')
    await vi.advanceTimersByTimeAsync(100_000)
    expect(check).toHaveBeenCalledTimes(1)
    expect(onChange).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('silences a run that is in flight', async () => {
    const { monitor, onChange } = createMonitor([dependency('postgres', { check: () => after(500, undefined) })])
    monitor.begin('postgres')
    onChange.mockClear()
    monitor.stop('postgres')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(onChange).not.toHaveBeenCalled()
    expect(monitor.hasVerdict('postgres')).toBe(false)
  })
})

describe('a name that no dependency has', () => {
  it('is refused with the names there are', () => {
    const { monitor } = createMonitor([dependency('postgres'), dependency('redis')])
    expect(() => monitor.statusOf('mongo')).toThrow(
      expect.objectContaining({
        code: 'TIDEGATE_UNKNOWN_DEPENDENCY',
        message: 'no dependency is named "mongo"; there are postgres, redis',
      }),
    )
  })
})
