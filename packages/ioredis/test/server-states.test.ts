import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import type { RedisOptions } from 'ioredis'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { redis } from '../src/index.ts'
import { explain } from '../src/server-reply.ts'
import type { FakeRedis } from './fake-redis.ts'
import { startFakeRedis } from './fake-redis.ts'
import { AMPLE, untilStatus } from './real-server.ts'

vi.setConfig({ testTimeout: 2 * AMPLE })

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function fakeServer(ping?: string): Promise<FakeRedis> {
  const server = await startFakeRedis(ping)
  cleanups.push(() => server.close())
  return server
}

function clientOf(server: FakeRedis, options: RedisOptions = {}): Redis {
  const client = new Redis({ port: server.port, host: '127.0.0.1', lazyConnect: true, ...options })
  cleanups.push(() => client.disconnect())
  return client
}

function pingsOf(commands: readonly string[] | undefined): number {
  return commands?.filter((command) => command === 'ping').length ?? 0
}

describe('the check names what the server says', () => {
  test.each([
    ['LOADING Redis is loading the dataset in memory', 'fail', 'still loading its data'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'fail', 'lost its master'],
    ['BUSY Redis is busy running a script. You can only call SCRIPT KILL.', 'fail', 'busy with a script'],
    ["READONLY You can't write against a read only replica.", 'fail', 'read-only replica'],
    ['MISCONF Redis is configured to save RDB snapshots, but it is unable to', 'fail', 'cannot write its snapshot'],
    ['NOAUTH Authentication required.', 'fail', 'wants a password'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'fail', 'refuses the client'],
    ['DENIED Redis is running in protected mode', 'fail', 'protected mode'],
    ["NOPERM User app has no permissions to run the 'ping' command", 'warn', 'grant it +ping'],
    ['ERR max number of clients reached', 'fail', 'refuses PING: ERR max number of clients reached'],
  ])('%s', async (reply, status, meaning) => {
    const server = await fakeServer()
    const client = clientOf(server)
    const dependency = redis(client)
    await runWarmUp(dependency)
    server.ping = reply

    const result = await runCheck(dependency)

    const code = reply.slice(0, reply.indexOf(' '))
    expect(result).toEqual({ status, message: expect.stringContaining(meaning), data: { reply: code } })
    expect(result.message).toContain(code)
  })

  test.each([
    ['READONLY', "READONLY You can't write against a read only replica."],
    ['READONLY within a script', 'ERR Error running script (call to f_0): @user_script:7: -READONLY You cannot write.'],
  ])('after %s it asks whoever the name leads to by now', async (_what, reply) => {
    const server = await fakeServer()
    const dependency = redis(clientOf(server))
    await runWarmUp(dependency)
    await runCheck(dependency)
    const opened = server.connections.length
    server.ping = reply
    await runCheck(dependency)
    expect(server.connections).toHaveLength(opened)

    server.ping = 'PONG'
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    expect(server.connections).toHaveLength(opened + 1)
    await runClose(dependency, createStepContext({ limit: 1_000 }))
  })

  test('why each address of a name refused, which Node leaves out of the message', () => {
    const error = new AggregateError([
      new Error('connect ECONNREFUSED ::1:6379'),
      new Error('connect ECONNREFUSED 127.0.0.1:6379'),
    ])

    expect(explain(error)).toEqual({
      status: 'fail',
      message: 'connect ECONNREFUSED ::1:6379, connect ECONNREFUSED 127.0.0.1:6379',
    })
  })

  test('keeps its connection through refusals, and passes as soon as the server does', async () => {
    const server = await fakeServer()
    const dependency = redis(clientOf(server))
    await runWarmUp(dependency)
    await runCheck(dependency)
    const opened = server.connections.length

    for (const reply of ['LOADING a', 'BUSY b', 'MASTERDOWN c']) {
      server.ping = reply
      expect(await runCheck(dependency)).toMatchObject({ status: 'fail' })
    }
    server.ping = 'PONG'

    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
    expect(server.connections).toHaveLength(opened)
    const naming = ['ping', 'client setname tidegate-check']
    expect(server.connections.at(-1)).toEqual([...naming, 'ping', 'ping', 'ping', 'ping', 'ping'])
  })

  test.each(['ERR max number of clients reached', 'DENIED Redis is running in protected mode'])(
    'asks on another connection after a refusal that ends one, before it has heard the end: %s',
    async (reply) => {
      const server = await fakeServer(reply)
      const client = clientOf(server)
      await client.connect()
      const dependency = redis(client)
      expect(await runCheck(dependency)).toMatchObject({ status: 'fail', data: { reply: reply.split(' ')[0] } })
      const opened = server.connections.length
      server.ping = 'PONG'

      expect(await runCheck(dependency)).toEqual({ status: 'pass' })
      expect(server.connections).toHaveLength(opened + 1)
      expect(server.connections.map(pingsOf)).toEqual([0, 1, 1])
    },
  )
})

describe('the warm-up', () => {
  test.each([
    ['still loading', 'LOADING Redis is loading the dataset in memory'],
    ['a replica without its master', 'MASTERDOWN Link with MASTER is down'],
    ['busy with a script', 'BUSY Redis is busy running a script'],
  ])('waits for a server that is %s, though ioredis calls the client ready', async (_state, reply) => {
    const server = await fakeServer(reply)
    const client = clientOf(server, { enableReadyCheck: false })
    const dependency = redis(client)

    let settled = false
    const warmUp = runWarmUp(dependency).finally(() => (settled = true))
    await vi.waitFor(() => expect(server.connections.map(pingsOf)).toContain(2), AMPLE)
    expect(client.status).toBe('ready')
    expect(settled).toBe(false)
    server.ping = 'PONG'

    await warmUp
  })

  test('says how much of its data the server has loaded', async () => {
    const server = await fakeServer('LOADING Redis is loading the dataset in memory')
    server.info = 'loading:0\r\nloading_loaded_perc:37.84\r\n'
    const dependency = redis(clientOf(server))
    const context = createStepContext()

    const warmUp = runWarmUp(dependency, context)
    await vi.waitFor(() => expect(context.steps).toContain('37/100 percent loaded'), AMPLE)
    server.ping = 'PONG'

    await warmUp
  })

  test('rejects with what it was waiting for when its time is up', async () => {
    const server = await fakeServer('LOADING Redis is loading the dataset in memory')
    const dependency = redis(clientOf(server), { name: 'sessions' })
    const controller = new AbortController()

    const warmUp = runWarmUp(dependency, createStepContext({ signal: controller.signal }))
    await vi.waitFor(() => expect(server.connections.map(pingsOf)).toContain(1), AMPLE)
    controller.abort()

    await expect(warmUp).rejects.toMatchObject({
      code: 'TIDEGATE_WARM_UP',
      message: expect.stringMatching(/^sessions did not become usable in time: .*loading.* \(LOADING\)$/),
    })
  })

  test('waits for the client itself, with the server well', async () => {
    const server = await fakeServer()
    // As a server that has just finished loading: ioredis looks again only after the time it was told.
    server.info = 'loading:1\r\nloading_eta_seconds:1\r\n'
    const client = clientOf(server, { maxLoadingRetryTime: 50 })
    const controller = new AbortController()
    const warmUp = runWarmUp(redis(client), createStepContext({ signal: controller.signal }))
    await vi.waitFor(() => expect(server.connections.map(pingsOf)).toContain(1), AMPLE)
    await vi.waitFor(() => expect(client.listenerCount('end')).toBe(1), AMPLE)

    controller.abort()
    await expect(warmUp).rejects.toThrow("its status is 'connect'")

    server.info = 'loading:0\r\n'
    await runWarmUp(redis(client))
    expect(client.status).toBe('ready')
  })

  test('rejects at once when waiting does not help, and connects an ended client anew when it is tried again', async () => {
    const server = await fakeServer('NOAUTH Authentication required.')
    const client = clientOf(server, { retryStrategy: null })
    const dependency = redis(client)

    await expect(runWarmUp(dependency)).rejects.toMatchObject({
      code: 'TIDEGATE_WARM_UP',
      message: 'redis is not usable: the server wants a password and the client has none; set `password` (NOAUTH)',
    })
    client.disconnect()
    await untilStatus(client, 'end')
    server.ping = 'PONG'
    await runWarmUp(dependency)

    expect(client.status).toBe('ready')
  })

  test("sends nothing on the client but ioredis' own handshake, and closes the connection it asked on", async () => {
    const server = await fakeServer()
    const client = clientOf(server, { disableClientInfo: true })
    const dependency = redis(client)

    await runWarmUp(dependency)

    // HELLO is part of it since ioredis 6.
    const sent = (): string[][] =>
      server.connections.map((each) => each.filter((command) => !command.startsWith('hello')))
    expect(sent()).toHaveLength(2)
    expect(sent()).toContainEqual(['info'])
    await runClose(dependency)
    expect(sent()).toContainEqual(['info', 'quit'])
  })
})

describe("the client's errors", () => {
  test('are logged once an outage, without the error object', async () => {
    const server = await fakeServer()
    const client = clientOf(server, { retryStrategy: () => 1 })
    const dependency = redis(client)
    const context = createStepContext()
    const stderr = vi.spyOn(console, 'error').mockReturnValue()
    cleanups.push(() => stderr.mockRestore())
    await runWarmUp(dependency, context)
    const errors: Error[] = []
    client.on('error', (error) => errors.push(error))

    await server.close()
    await vi.waitFor(() => expect(errors.length).toBeGreaterThan(2), AMPLE)

    expect(context.lines).toEqual([
      {
        level: 'warn',
        fields: { error: expect.stringContaining('ECONNREFUSED') },
        message: expect.stringContaining('the Redis client reports an error'),
      },
    ])
    expect(stderr).not.toHaveBeenCalled()
  })
})
