import { once } from 'node:events'
import type { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { afterEach, describe, expect, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle } from '../../src/index.ts'
import { connectRaw, get, portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const OPTIONS = { shutdown: { linger: false, signals: false }, logger: false } as const

const lifecycles: Lifecycle[] = []

function lifecycleOf(...options: Parameters<typeof createLifecycle>): Lifecycle {
  const lifecycle = createLifecycle(...options)
  lifecycles.push(lifecycle)
  return lifecycle
}

afterEach(async () => {
  await Promise.all(lifecycles.splice(0).map((lifecycle) => lifecycle.shutdown()))
})

/** What an adapter does, on a server that nobody attached. */
async function openUnattached(lifecycle: Lifecycle): Promise<Server> {
  const server = createServer((request, response) => {
    if (!lifecycle.handle(request, response)) response.end('served')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server
}

async function ask(server: Server): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${portOf(server)}/`, { headers: { connection: 'close' } })
  return answer.text()
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve)
  })
}

describe('a server that nobody attached', () => {
  test('is put back when it closes, and taken in again when it comes back', async () => {
    const lifecycle = lifecycleOf(OPTIONS)
    await lifecycle.start()
    const server = await openUnattached(lifecycle)
    for (let time = 0; time < 2; time++) {
      expect(await ask(server)).toBe('served')
      expect(Object.hasOwn(server, 'emit')).toBe(true)

      await close(server)
      expect(Object.hasOwn(server, 'emit')).toBe(false)
      await once(server.listen(0, '127.0.0.1'), 'listening')
    }
    await close(server)
  })

  test('is not held when it has closed', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const lifecycle = lifecycleOf(OPTIONS)
    await lifecycle.start()
    const come = async (): Promise<WeakRef<Server>> => {
      const server = await openUnattached(lifecycle)
      await ask(server)
      await close(server)
      return new WeakRef(server)
    }
    const servers = [await come(), await come(), await come()]

    await vi.waitFor(
      () => {
        collect()
        // By number: an assertion would hold what it has compared.
        expect(servers.filter((server) => server.deref() !== undefined).length).toBe(0)
      },
      { timeout: 10_000 },
    )
  })

  test('is met without a warning', async () => {
    const { logger, lines } = createRecordingLogger()
    const lifecycle = lifecycleOf({ ...OPTIONS, logger })
    await lifecycle.start()
    const server = await openUnattached(lifecycle)

    await ask(server)
    await lifecycle.shutdown()

    expect(server.listening).toBe(false)
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([])
  })

  test('tells once that it has closed, when the drain has closed it', async () => {
    const lifecycle = lifecycleOf(OPTIONS)
    await lifecycle.start()
    const server = await openUnattached(lifecycle)
    await ask(server)
    let closes = 0
    server.on('close', () => closes++)

    await lifecycle.shutdown()
    await new Promise((resolve) => {
      setImmediate(resolve)
    })

    expect(closes).toBe(1)
    expect(Object.hasOwn(server, 'emit')).toBe(false)
  })

  test('stays open when it is asked something after the lifecycle has stopped', async () => {
    const lifecycle = lifecycleOf(OPTIONS)
    await lifecycle.start()
    await lifecycle.shutdown()
    const server = await openUnattached(lifecycle)

    expect(await ask(server)).toBe('served')
    expect(server.listening).toBe(true)
    expect(Object.hasOwn(server, 'emit')).toBe(false)
    await close(server)
  })
})

describe('a lifecycle that has stopped', () => {
  test('leaves its server to the next one, which serves and drains it', async () => {
    const server = createServer((_request, response) => response.end('served'))
    for (let time = 0; time < 2; time++) {
      const lifecycle = lifecycleOf(OPTIONS)
      await lifecycle.listen(server, 0, '127.0.0.1')
      await lifecycle.whenReady()
      const client = await connectRaw(server)
      client.send(get('/'))
      await client.hear('served')

      const { connections } = await lifecycle.shutdown()

      expect(connections).toMatchObject({ open: 1, cut: 0 })
      expect(server.listening).toBe(false)
      expect(Object.hasOwn(server, 'emit')).toBe(false)
    }
  })

  test('leaves a server that it was only attached to, which may listen then', async () => {
    const server = createServer((_request, response) => response.end('served'))
    const lifecycle = lifecycleOf(OPTIONS)
    lifecycle.attach(server)
    await lifecycle.shutdown()

    await once(server.listen(0, '127.0.0.1'), 'listening')
    expect(await ask(server)).toBe('served')
    await close(server)
  })

  test('hears nothing more of a server whose emit somebody has wrapped meanwhile', async () => {
    const server = createServer((_request, response) => response.end('served'))
    const lifecycle = lifecycleOf(OPTIONS)
    lifecycle.attach(server)
    const wrapped = server.emit
    const heard: unknown[] = []
    server.emit = function emit(this: Server, event: string, ...values: unknown[]): boolean {
      heard.push(event)
      return (wrapped as EventEmitter['emit']).call(this, event, ...values)
    } as Server['emit']
    await lifecycle.shutdown()

    await once(server.listen(0, '127.0.0.1'), 'listening')
    expect(await ask(server)).toBe('served')
    expect(heard).toContain('request')
    expect(server.listening).toBe(true)
    await close(server)
  })
})

describe('a server that another lifecycle has', () => {
  const refusal = {
    code: 'TIDEGATE_CONFIG',
    message: 'this server is the one of another lifecycle: shut that one down first, or make a server for each',
  }

  test('is refused by attach and listen, and stays with the first', async () => {
    const server = createServer((_request, response) => response.end('served'))
    const [first, second] = [lifecycleOf(OPTIONS), lifecycleOf(OPTIONS)]
    first.attach(server)

    expect(() => second.attach(server)).toThrow(expect.objectContaining(refusal) as Error)
    await expect(second.listen(server, 0)).rejects.toMatchObject(refusal)
    expect(server.listening).toBe(false)

    await first.listen(server, 0, '127.0.0.1')
    expect(await ask(server)).toBe('served')
    await first.shutdown()
    expect(server.listening).toBe(false)
    expect(() => second.attach(server)).not.toThrow()
  })
})
