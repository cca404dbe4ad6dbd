import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { fastify as newest } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { fastify as oldest } from 'fastify-oldest'
import { afterEach, describe, expect, test } from 'vitest'

import { tidegate } from '../src/index.ts'

describe.each([
  ['Fastify 5', newest],
  ['the oldest Fastify 5', oldest],
] as const)("%s with whileWarming 'closed'", (_, fastify) => {
  let lifecycle: Lifecycle
  let app: FastifyInstance
  let warm: () => void

  async function create(): Promise<void> {
    const warmed = new Promise<void>((resolve) => {
      warm = resolve
    })
    lifecycle = createLifecycle({
      dependencies: [{ name: 'slow', warmUp: () => warmed }],
      warmUp: { whileWarming: 'closed' },
      shutdown: { linger: false, signals: false, exit: false },
      logger: false,
    })
    app = fastify()
    await app.register(tidegate, { lifecycle })
    app.get('/', (_request, reply) => reply.send('served'))
  }

  const warming = (): Promise<void> => new Promise((resolve) => lifecycle.on('phase', () => resolve()))

  afterEach(() => lifecycle.shutdown())

  test('its listen starts the lifecycle, and opens the port when it is ready', async () => {
    await create()
    const begun = warming()
    const listening = app.listen({ port: 0, host: 'localhost' })
    await begun
    expect({ phase: lifecycle.phase, isOpen: app.server.listening }).toEqual({ phase: 'warming', isOpen: false })
    warm()
    const address = await listening
    expect(lifecycle.phase).toBe('ready')
    expect(await (await fetch(address)).text()).toBe('served')
  })

  test.each(['lifecycle.shutdown()', 'app.close()'])('its listen rejects when %s comes first', async (how) => {
    await create()
    const begun = warming()
    const failure = app.listen({ port: 0 }).catch((error: unknown) => error)
    await begun
    await (how === 'app.close()' ? app.close() : lifecycle.shutdown())
    expect(await failure).toMatchObject({ code: 'TIDEGATE_WARM_UP' })
    expect(lifecycle.phase).toBe('stopped')
  })
})

describe("whileWarming 'queue'", () => {
  test('what inject brings waits, too', async () => {
    let warm = (): void => {}
    const warmed = new Promise<void>((resolve) => {
      warm = resolve
    })
    const lifecycle = createLifecycle({
      dependencies: [{ name: 'slow', warmUp: () => warmed }],
      warmUp: { whileWarming: 'queue' },
      shutdown: { linger: false, signals: false, exit: false },
      logger: false,
    })
    const app = newest()
    await app.register(tidegate, { lifecycle })
    app.post('/', (request, reply) => reply.send(request.body))
    await lifecycle.start()
    const answer = app.inject({ method: 'POST', url: '/', payload: { apple: 1 } })
    expect((await app.inject('/readyz')).statusCode).toBe(503)
    warm()
    expect((await answer).json()).toEqual({ apple: 1 })
    await lifecycle.shutdown()
  })
})
