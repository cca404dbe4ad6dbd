import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, LifecycleEvents } from '@tidegate/core'
import { describe, expect, it } from 'vitest'

import { History, MOST_SAMPLES, MOST_TRANSITIONS } from '../src/history.ts'

type Listeners = Map<keyof LifecycleEvents, (value: never) => void>

/** A lifecycle of which there is nothing but its events. */
function eventSource(): {
  lifecycle: Lifecycle
  listeners: Listeners
  emit<E extends keyof LifecycleEvents>(event: E, value: LifecycleEvents[E]): void
} {
  const listeners: Listeners = new Map()
  const on: Lifecycle['on'] = (event, listener) => {
    listeners.set(event, listener)
    return () => listeners.delete(event)
  }
  return {
    lifecycle: { on } as Lifecycle,
    listeners,
    emit: (event, value) => listeners.get(event)?.(value as never),
  }
}

const failed = (message?: string): LifecycleEvents['health'] => ({
  dependency: 'postgres',
  status: 'fail',
  previous: 'pass',
  critical: true,
  ...(message !== undefined && { message }),
})

describe('the history', () => {
  it('keeps the last transitions, the oldest first', () => {
    const { lifecycle, emit } = eventSource()
    const history = new History()
    history.record(lifecycle)
    for (let index = 0; index < 10 * MOST_TRANSITIONS; index += 1) emit('health', failed(String(index)))

    expect(history.transitions).toHaveLength(MOST_TRANSITIONS)
    expect(history.transitions.at(-1)?.message).toBe(String(10 * MOST_TRANSITIONS - 1))
    expect(history.transitions[0]?.message).toBe(String(9 * MOST_TRANSITIONS))
  })

  it('keeps the last checks of each dependency', () => {
    const { lifecycle, emit } = eventSource()
    const history = new History()
    history.record(lifecycle)
    emit('check', { dependency: 'redis', result: { status: 'warn' }, latencyMs: 7 })
    for (let latencyMs = 0; latencyMs < 1_000; latencyMs += 1) {
      emit('check', { dependency: 'postgres', result: { status: 'pass' }, latencyMs })
    }

    expect(history.samplesOf('redis')).toEqual([{ status: 'warn', latencyMs: 7 }])
    expect(history.samplesOf('postgres')).toHaveLength(MOST_SAMPLES)
    expect(history.samplesOf('postgres').at(-1)).toEqual({ status: 'pass', latencyMs: 999 })
    expect(history.samplesOf('constructor')).toEqual([])
  })

  it('keeps no message whole that is longer than anybody reads', () => {
    const { lifecycle, emit } = eventSource()
    const history = new History()
    history.record(lifecycle)
    emit('health', failed('x'.repeat(1_000_000)))
    emit('phase', { phase: 'draining', previous: 'ready', reason: 'y'.repeat(1_000_000) })

    expect(history.transitions.map(({ message }) => message?.length)).toEqual([400, 400])
  })

  it('keeps each step of the drain once, in order', () => {
    const { lifecycle, emit } = eventSource()
    const history = new History()
    history.record(lifecycle)
    emit('drain', { step: 'lame-duck', requests: 2, connections: 3 })
    emit('drain', { step: 'listener-closed', requests: 1, connections: 1 })

    expect(history.drain.map(({ step, requests }) => [step, requests])).toEqual([
      ['lame-duck', 2],
      ['listener-closed', 1],
    ])
  })

  it('has another version with everything that is kept', () => {
    const { lifecycle, emit } = eventSource()
    const history = new History()
    history.record(lifecycle)
    const versions = [history.version]
    emit('health', failed())
    versions.push(history.version)
    emit('check', { dependency: 'postgres', result: { status: 'pass' }, latencyMs: 1 })
    versions.push(history.version)
    emit('drain', { step: 'drained', requests: 0, connections: 0 })
    versions.push(history.version)

    expect(new Set(versions).size).toBe(4)
  })

  it('listens to nothing any more once the lifecycle has stopped, and still has what it kept', async () => {
    const { lifecycle, listeners, emit } = eventSource()
    const history = new History()
    history.record(lifecycle)
    emit('health', failed())
    emit('stopped', await createLifecycle({ logger: false }).shutdown())

    expect(listeners.size).toBe(0)
    expect(history.transitions).toHaveLength(1)
  })

  it('listens to nothing any more when it is told to stop', () => {
    const { lifecycle, listeners } = eventSource()
    new History().record(lifecycle)()

    expect(listeners.size).toBe(0)
  })
})
