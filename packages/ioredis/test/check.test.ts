import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { AMPLE, blockOn, nextStatus, untilStatus, useRealServer } from './real-server.ts'

const server = useRealServer()

// Long enough for a well server on a slow machine, short enough to wait for several of them.
const ABANDON_AFTER = 400

const stderr = vi.spyOn(console, 'error')
afterEach(() => {
  expect(stderr, 'ioredis prints errors that nobody listens to').not.toHaveBeenCalled()
  stderr.mockClear()
})

describe.each([
  { enableOfflineQueue: true, maxRetriesPerRequest: 20 },
  { enableOfflineQueue: true, maxRetriesPerRequest: 0 },
  { enableOfflineQueue: true, maxRetriesPerRequest: null },
  { enableOfflineQueue: false, maxRetriesPerRequest: 20 },
  { enableOfflineQueue: false, maxRetriesPerRequest: 0 },
  { enableOfflineQueue: false, maxRetriesPerRequest: null },
])('with $enableOfflineQueue for enableOfflineQueue and $maxRetriesPerRequest for maxRetriesPerRequest', (options) => {
  test('a frozen server gets one connection and one PING per abandonAfter, and passes when it goes on', async () => {
    const dependency = server.dependency(server.client(options))
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    const before = await server.counts()

    await server.freeze()
    for (let run = 0; run < 3; run++) {
      expect(await runCheck(dependency, createStepContext({ limit: ABANDON_AFTER }))).toEqual({
        status: 'fail',
        message: 'PING was not answered within 400 ms',
      })
    }
    await server.thaw()

    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    const after = await server.counts()
    // The first frozen PING went out on the connection there was; the last connection is the passing one's.
    expect(after.connections - before.connections).toBeLessThanOrEqual(3)
    expect(after.pings - before.pings).toBeLessThanOrEqual(4)
    expect((await server.connectionNames()).filter((name) => name === 'tidegate-check')).toHaveLength(1)
  })

  test('a killed server fails at once, and passes by itself after its restart', async () => {
    const client = server.client(options)
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })

    await server.kill()
    await vi.waitFor(() => expect(client.status).not.toBe('ready'), AMPLE)
    for (let run = 0; run < 3; run++) {
      expect(await runCheck(dependency)).toEqual({
        status: 'fail',
        message: expect.stringMatching(/^connect ECONNREFUSED|^the server closed the connection/),
      })
    }
    await server.start()
    await untilStatus(client, 'ready')

    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    // The client's, the test's, and one for the check: nothing of ours tried meanwhile.
    expect(await server.counts()).toMatchObject({ connections: 3 })
  })

  test('a server that refuses connections fails the warm-up and the check at once, and is warm when it is there', async () => {
    const client = server.client(options)
    const dependency = server.dependency(client)
    await server.kill()

    await expect(runWarmUp(dependency)).rejects.toThrow(/^redis is not usable: connect ECONNREFUSED/)
    expect(await runCheck(dependency)).toMatchObject({ status: 'fail' })
    await server.start()
    await runWarmUp(dependency)

    expect(client.status).toBe('ready')
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  })

  test('a server that is frozen from the start fails the warm-up in time and leaves no command in the client', async () => {
    const client = server.client({ ...options, disableClientInfo: true })
    const dependency = server.dependency(client)
    const before = await server.counts()
    await server.freeze()

    await expect(runWarmUp(dependency, createStepContext({ limit: ABANDON_AFTER }))).rejects.toThrow(
      'redis did not become usable in time: the server does not answer',
    )
    await server.thaw()
    await runWarmUp(dependency)

    // One per attempt, and none by the client.
    expect((await server.counts()).pings - before.pings).toBeLessThanOrEqual(2)
  })
})

describe('the check', () => {
  test("does not wait behind the client's BLPOP", async () => {
    const client = server.client()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    const outcome = await blockOn(client, server.admin)

    expect(await runCheck(dependency)).toEqual({ status: 'pass' })

    expect(outcome()).toBeUndefined()
  })

  test.each([
    ['was disconnected', () => ({}), true],
    ['gave up reconnecting', () => ({ retryStrategy: null }), false],
  ])('fails when the client %s, though the server is well', async (_what, options, disconnect) => {
    const client = server.client(options())
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    const before = await server.counts()

    if (disconnect) client.disconnect()
    else await server.admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await untilStatus(client, 'end')

    expect(await runCheck(dependency)).toEqual({
      status: 'fail',
      message: expect.stringContaining("the service's client has ended"),
    })
    expect((await server.counts()).pings).toBe(before.pings)
  })

  test('fails while the client is reconnecting, though the server is well', async () => {
    const client = server.client({ retryStrategy: () => 60_000 })
    const dependency = server.dependency(client)
    await runWarmUp(dependency)

    const reconnecting = nextStatus(client, 'reconnecting')
    await server.admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await reconnecting

    expect(await runCheck(dependency)).toEqual({
      status: 'fail',
      message: "the server answers, but the service's client is not connected to it (its status is 'reconnecting')",
    })
  })

  test("is not cut short by the client's own limits", async () => {
    const client = server.client({ commandTimeout: 50, connectTimeout: 50 })
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    await runCheck(dependency)
    const before = await server.counts()
    await server.freeze()

    const run = runCheck(dependency)
    for (let command = 0; command < 3; command++) await expect(client.get('key')).rejects.toThrow('Command timed out')
    await server.thaw()

    expect(await run).toEqual({ status: 'pass' })
    expect((await server.counts()).connections).toBe(before.connections)
  })

  test('fails while a script keeps the server busy, and passes after it', async () => {
    const dependency = server.dependency(server.client())
    await runWarmUp(dependency)
    const other = server.client()
    await server.admin.config('SET', 'busy-reply-threshold', '50')

    const script = other.eval('while true do end', 0).catch((error: Error) => error.message)
    await vi.waitFor(async () => expect(await runCheck(dependency)).toMatchObject({ data: { reply: 'BUSY' } }), AMPLE)
    await server.admin.script('KILL')

    expect(await script).toContain('SCRIPT KILL')
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  })

  test('says that the server hung up when it has no free slot', async () => {
    const dependency = server.dependency(server.client())
    await runWarmUp(dependency)
    // The client's and the test's own.
    await server.admin.config('SET', 'maxclients', '2')

    const result = await runCheck(dependency)
    await server.admin.config('SET', 'maxclients', '1000')

    expect(result).toMatchObject({ status: 'fail', message: expect.stringContaining('max') })
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  })

  test('leaks nothing over 1000 runs on one connection', async () => {
    const client = server.client()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    const controller = new AbortController()
    const context = createStepContext({ signal: controller.signal })
    await runCheck(dependency, context)
    const before = await server.counts()
    const listeners = client.eventNames().map((event) => client.listenerCount(event))
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')

    for (let run = 0; run < 1000; run++) await runCheck(dependency, context)

    expect(await server.counts()).toEqual({ connections: before.connections, pings: before.pings + 1000 })
    expect(client.eventNames().map((event) => client.listenerCount(event))).toEqual(listeners)
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThanOrEqual(timers)
    expect(added).toHaveBeenCalledTimes(1000)
    expect(removed).toHaveBeenCalledTimes(1000)
  })

  test('lets go of a given-up connection while the server is still frozen', async () => {
    const client = server.client()
    const dependency = server.dependency(client)
    await runWarmUp(dependency)
    const duplicate = vi.spyOn(client, 'duplicate')
    await runCheck(dependency)
    await server.freeze()

    await runCheck(dependency, createStepContext({ limit: ABANDON_AFTER }))

    const ours = duplicate.mock.results.map((result) => result.value)
    expect(ours).toHaveLength(1)
    await vi.waitFor(() => expect(ours).toMatchObject([{ status: 'end' }]), AMPLE)
  })

  test('after close asks nobody', async () => {
    const dependency = server.dependency(server.client(), { close: false })
    await runWarmUp(dependency)
    await runClose(dependency)
    const before = await server.counts()

    expect(await runCheck(dependency)).toMatchObject({ status: 'fail', message: 'the dependency is closed' })

    expect(await server.counts()).toEqual(before)
  })
})
