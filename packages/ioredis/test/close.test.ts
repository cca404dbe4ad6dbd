import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { AMPLE, blockOn, untilStatus, useRealServer } from './real-server.ts'

const server = useRealServer()

const stderr = vi.spyOn(console, 'error')
afterEach(() => {
  expect(stderr, 'ioredis prints errors that nobody listens to').not.toHaveBeenCalled()
  stderr.mockClear()
})

describe('close', () => {
  test('quits the client after what it has sent is answered, and ends our own connection', async () => {
    const client = server.client()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    await runCheck(dependency)
    const written = Promise.all(Array.from({ length: 500 }, (_, index) => client.set(`key-${index}`, index)))

    const context = createStepContext()
    await runClose(dependency, context)

    expect(client.status).toBe('end')
    expect(await written).toHaveLength(500)
    expect(await server.admin.get('key-499')).toBe('499')
    expect(context.lines).toEqual([])
    await vi.waitFor(async () => expect(await server.connectionNames()).toEqual(['']), AMPLE)
  })

  test('leaves no listener on the client', async () => {
    const client = server.client()
    const before = client.eventNames()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    expect(client.eventNames()).not.toEqual(before)

    await runClose(dependency)

    expect(client.eventNames()).toEqual(before)
  })

  test.each([
    ['behind a BLPOP that nobody answers', true],
    ['on a frozen server', false],
  ])('disconnects within its limit when QUIT waits %s, and says so', async (_what, blocked) => {
    const client = server.client()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    await runCheck(dependency)
    if (blocked) await blockOn(client, server.admin)
    else await server.freeze()

    const context = createStepContext({ limit: 1000, signal: new AbortController().signal })
    await runClose(dependency, context)

    expect(context.lines).toEqual([
      {
        level: 'warn',
        fields: { waitedMs: expect.any(Number) },
        message: expect.stringContaining('QUIT was not answered in time'),
      },
    ])
    expect(context.lines[0]?.fields).toSatisfy(({ waitedMs }) => waitedMs > 500 && waitedMs <= 750)
    // A frozen server's socket is destroyed by ioredis itself, after its disconnectTimeout.
    await untilStatus(client, 'end')
  })

  test.each([true, false])(
    'opens no connection for a client that never had one, and ends it (enableOfflineQueue %s)',
    async (enableOfflineQueue) => {
      const client = server.client({ enableOfflineQueue })
      const connecting = vi.fn()
      client.on('connecting', connecting)
      const before = await server.counts()

      await runClose(server.dependency(client))
      await untilStatus(client, 'end')

      expect(await server.counts()).toEqual(before)
      expect(connecting).not.toHaveBeenCalled()
    },
  )

  test('is done at once with a client that has ended', async () => {
    const client = server.client()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    await client.quit()
    await untilStatus(client, 'end')

    const context = createStepContext()
    await runClose(dependency, context)

    expect(context.lines).toEqual([])
  })

  test('quits a client that has subscribed', async () => {
    const client = server.client()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    await client.subscribe('news')
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })

    const context = createStepContext()
    await runClose(dependency, context)

    expect(client.status).toBe('end')
    expect(context.lines).toEqual([])
  })

  test.each([true, false])(
    'stops a client that is reconnecting (enableOfflineQueue %s)',
    async (enableOfflineQueue) => {
      const client = server.client({ enableOfflineQueue })
      const dependency = server.dependency(client)
      await runWarmUp(dependency)
      await server.kill()
      await vi.waitFor(() => expect(client.status).toBe('reconnecting'), AMPLE)

      const context = createStepContext()
      await runClose(dependency, context)
      const connected = vi.fn()
      client.on('connect', connected)
      await server.start()
      await server.admin.ping()

      expect(context.lines).toEqual([])
      expect((await server.counts()).connections).toBe(1)
      expect(connected).not.toHaveBeenCalled()
    },
  )

  test('leaves the client to you with close: false, and still takes away what is ours', async () => {
    const client = server.client()
    const dependency = server.dependency(client, { close: false })
    await runWarmUp(dependency)
    await runCheck(dependency)
    expect(client.listenerCount('error')).toBe(1)

    await runClose(dependency)

    expect(client.status).toBe('ready')
    expect(client.listenerCount('error')).toBe(0)
    await vi.waitFor(async () => expect(await server.connectionNames()).not.toContain('tidegate-check'), AMPLE)
    expect(await client.ping()).toBe('PONG')
  })
})
