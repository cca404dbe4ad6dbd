import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, LifecycleOptions } from '@tidegate/core'
import { createRecordingLogger } from '@tidegate/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { haproxyAgent } from '../src/haproxy.ts'
import type { HaproxyAgent, HaproxyAgentOptions } from '../src/haproxy.ts'

const HOST = '127.0.0.1'

interface Service {
  readonly lifecycle: Lifecycle
  readonly agent: HaproxyAgent
  ask(): Promise<string>
}

async function serve(options: LifecycleOptions = {}): Promise<Service> {
  const lifecycle: Lifecycle = createLifecycle<string>({
    shutdown: { signals: false, linger: false },
    logger: false,
    ...options,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const agent = haproxyAgent(lifecycle, { port: 0, host: HOST })
  expect(agent.port).toBeUndefined()
  await lifecycle.start()
  await agent.opened
  return { lifecycle, agent, ask: () => text(connectTo(agent)) }
}

function connectTo(agent: HaproxyAgent): Socket {
  const socket = connect(agent.port ?? 0, HOST)
  onTestFinished(() => void socket.destroy())
  return socket
}

describe('the agent', () => {
  test('tells everybody the whole state as it is', async () => {
    let warm = (): void => {}
    let isDown = false
    const { lifecycle, ask } = await serve({
      dependencies: [
        {
          name: 'postgres',
          warmUp: () => new Promise((resolve) => (warm = resolve)),
          check() {
            if (isDown) throw new Error('refused by postgres://me:sesame@db')
          },
          health: { interval: 20, retryInterval: 20, fall: 1, rise: 1 },
        },
      ],
      slowStart: { window: '1h', initial: 0.25 },
    })
    expect(await ask()).toBe('down ready 100% #warming\n')

    warm()
    await lifecycle.whenReady()
    expect(await ask()).toBe('up ready 25%\n')

    const release = lifecycle.hold('deploying with sesame')
    expect(await ask()).toBe('up maint 100%\n')
    release()
    expect(await ask()).toBe('up ready 25%\n')

    const failed = next(lifecycle)
    isDown = true
    await failed
    expect(await ask()).toBe('down ready 100% #postgres\n')
    const recovered = next(lifecycle)
    isDown = false
    await recovered
    expect(await ask()).toBe('up ready 25%\n')
  })

  test('opens with the lifecycle, tells of the drain to the end, and closes last', async () => {
    const { lifecycle, agent, ask } = await serve()
    const { port = 0 } = agent
    const told: string[] = []
    for (const step of ['drain', 'drained', 'close'] as const) {
      lifecycle.addHook(step, async () => void told.push(`${step}: ${await ask()}`))
    }
    await lifecycle.shutdown()

    expect(told).toEqual(['drain: up drain 100%\n', 'drained: up drain 100%\n', 'close: up drain 100%\n'])
    expect(agent.port).toBeUndefined()
    await expect(once(connect(port, HOST), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('is open when it is made after the lifecycle has started', async () => {
    const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
    onTestFinished(async () => void (await lifecycle.shutdown()))
    await lifecycle.start()
    const agent = haproxyAgent(lifecycle, { port: 0, host: HOST })
    await agent.opened
    expect(await text(connectTo(agent))).toBe('up ready 100%\n')
  })

  test('can be closed before the lifecycle, and before it was open', async () => {
    const { agent } = await serve()
    await agent.close()
    await agent.close()
    expect(agent.port).toBeUndefined()

    const { logger, lines } = createRecordingLogger()
    const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger })
    const unopened = haproxyAgent(lifecycle, { port: 0, host: HOST })
    await unopened.close()
    await lifecycle.start()
    await expect(unopened.opened).rejects.toThrow('closed before its port was open')
    await lifecycle.shutdown()
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('answers who sends something first, as agent-send does', async () => {
    const { agent } = await serve()
    const socket = connectTo(agent)
    socket.write('state please\n')
    expect(await text(socket)).toBe('up ready 100%\n')
  })

  test('lets go of clients that never end, and is not shut out by those that connect without end', async () => {
    const { agent, ask } = await serve()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const idle = Array.from({ length: 200 }, () => {
      const socket = connect({ port: agent.port ?? 0, host: HOST, allowHalfOpen: true })
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => {})
      return socket
    })
    await Promise.all(idle.map((socket) => once(socket, 'connect')))

    expect(await ask()).toBe('up ready 100%\n')
    await Promise.all(idle.slice(0, 100).map(untilGone))
    vi.advanceTimersByTime(1_000)
    await Promise.all(idle.map(untilGone))
  })

  test('says in the log and by its promise when the port is taken, and what to do', async () => {
    const other = createServer().listen(0, HOST)
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const { logger, lines } = createRecordingLogger()
    const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger })
    onTestFinished(async () => void (await lifecycle.shutdown()))
    const agent = haproxyAgent(lifecycle, { port, host: HOST })
    await lifecycle.start()

    const message = `the HAProxy agent: ${HOST}:${port} cannot be opened (EADDRINUSE): somebody listens there already; give it a port of its own`
    await expect(agent.opened).rejects.toMatchObject({ code: 'EADDRINUSE', message })
    expect(lines).toContainEqual({ level: 'error', message, fields: { port, host: HOST } })
  })

  test('what cannot work is refused, with every fault', () => {
    const lifecycle = createLifecycle({ logger: false })
    const faultOf = (given: unknown, options: unknown): string => {
      try {
        haproxyAgent(given as Lifecycle, options as HaproxyAgentOptions)
      } catch (error) {
        return String(error)
      }
      return ''
    }
    expect(faultOf(lifecycle, undefined)).toContain('options.port is missing')
    const fault = faultOf({}, { port: 65_536, host: 5, prot: 1 })
    for (const part of ['the lifecycle is missing', 'port is 65536', 'host is 5', 'did you mean "port"']) {
      expect(fault).toContain(part)
    }
  })
})

async function next(lifecycle: Lifecycle): Promise<unknown> {
  return new Promise((resolve) => {
    const unsubscribe = lifecycle.on('health', (event) => {
      unsubscribe()
      resolve(event)
    })
  })
}

/** Writes until the other side does not take it any more. */
async function untilGone(socket: Socket): Promise<void> {
  if (socket.closed) return
  const timer = setInterval(() => socket.write('x'), 50)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(timer)
}
