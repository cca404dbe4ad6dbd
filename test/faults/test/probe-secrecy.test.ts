import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, createServer as createNetServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { connect as connectTls } from 'node:tls'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { useBackends } from './support/backends.ts'

const backends = useBackends()

/** What nobody may read but in full: a host, a user, a stack. */
const HOST = 'db-7.corp.internal.invalid'
const USER = 'shop_admin_7'
/** What nobody may ever read; as generated passwords look, and escaped as a URL needs it. */
const PASSWORDS = ['hunter2-s3cr3t', 'q7:/?#[]@!$7q', 'q7\'"$ {}%7q', 'q7p@ss:w0rd/7q', 'Tr0ub4dor&3=q7']

const FORMS = ['*/*', 'application/health+json', 'text/plain', 'text/html']
const URLS = [
  '/livez',
  '/readyz',
  '/startupz',
  '/healthz',
  '/healthz/a',
  '/readyz/b',
  '/healthz?verbose',
  '/healthz/a?verbose',
  '/healthz?exclude=a',
  '/healthz/nobody',
]

let errors: { readonly error: unknown; readonly password: string }[]
let dumb: Server
let closedPort: number

beforeAll(async () => {
  // Answers whatever it is asked by something that is neither TLS nor the protocol that was meant.
  dumb = createNetServer((socket) => {
    socket.on('error', () => {})
    socket.end('HTTP/1.1 400 no\r\n\r\n')
  }).listen(0, '127.0.0.1')
  const closed = createServer().listen(0, '127.0.0.1')
  await Promise.all([once(dumb, 'listening'), once(closed, 'listening')])
  closedPort = (closed.address() as AddressInfo).port
  closed.close()
  const found = await Promise.all(PASSWORDS.map(async (password) => tag(await errorsOf(password), password)))
  errors = found.flat()
})
afterAll(() => dumb.close())

function tag(found: readonly unknown[], password: string): { error: unknown; password: string }[] {
  return found.map((error) => ({ error, password }))
}

/** What the drivers, and node beneath them, reject with over each kind of fault. */
async function errorsOf(password: string): Promise<unknown[]> {
  const { port, database } = backends.postgres.connection
  const redisPort = backends.redis.connection.port
  const dumbPort = (dumb.address() as AddressInfo).port
  const secret = encodeURIComponent(password)
  const pgUrl = (host: string, at: number, query = '') =>
    `postgres://${USER}:${secret}@${host}:${at}/${database}${query}`
  const redisUrl = (host: string, at: number, scheme = 'redis') => `${scheme}://${USER}:${secret}@${host}:${at}`
  return Promise.all([
    failureOf(() => queryPostgres(pgUrl('127.0.0.1', port))),
    failureOf(() => queryPostgres(pgUrl('127.0.0.1', closedPort))),
    failureOf(() => queryPostgres(pgUrl('localhost', closedPort))),
    failureOf(() => queryPostgres(pgUrl(HOST, port))),
    failureOf(() => queryPostgres(pgUrl('127.0.0.1', port, '?sslmode=require'))),
    failureOf(() => queryPostgres(pgUrl('127.0.0.1', dumbPort))),
    failureOf(() => queryPostgres(`postgres://${USER}:${password}@[${HOST}:${port}/${database}`)),
    failureOf(() => pingRedis(redisUrl('127.0.0.1', redisPort))),
    failureOf(() => pingRedis(redisUrl('127.0.0.1', closedPort))),
    failureOf(() => pingRedis(redisUrl('localhost', closedPort))),
    failureOf(() => pingRedis(redisUrl(HOST, redisPort))),
    failureOf(() => pingRedis(redisUrl('127.0.0.1', redisPort, 'rediss'))),
    failureOf(() => once(connect(closedPort, '127.0.0.1'), 'connect')),
    failureOf(() => once(connect(80, HOST), 'connect')),
    failureOf(() => once(connectTls(dumbPort, '127.0.0.1'), 'secureConnect')),
    failureOf(() => fetch(`http://${HOST}/?token=${secret}`)),
    failureOf(() => fetch(`http://127.0.0.1:${closedPort}/?token=${secret}`)),
    failureOf(() => fetch(`http://${USER}:${secret}@${HOST}/`)),
    new AggregateError([new Error(pgUrl(HOST, 5432)), new Error(redisUrl(HOST, 6379))], ''),
    new Error(`connect failed: ${pgUrl(HOST, 5432)}`, { cause: new Error(`${redisUrl(HOST, 6379)} is down`) }),
  ])
}

async function queryPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
  } finally {
    await client.end().catch(() => {})
  }
}

async function pingRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  // The driver tells its listeners more than it tells the caller.
  const told = new Promise<unknown>((resolve) => client.once('error', resolve))
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    throw error instanceof Error && error.message === 'Connection is closed.' ? await told : error
  } finally {
    client.disconnect()
  }
}

async function failureOf(fail: () => unknown): Promise<unknown> {
  try {
    await fail()
  } catch (error) {
    return error
  }
  throw new Error(`this was to fail: ${String(fail)}`)
}

/** A service of two dependencies that fail so, each by its check or by its warm-up. */
async function failing(a: unknown, b: unknown, details: 'none' | 'summary' | 'full'): Promise<Lifecycle> {
  const lifecycle = createLifecycle({
    dependencies: [
      { name: 'a', check: () => Promise.reject(a) },
      { name: 'b', warmUp: () => Promise.reject(b) },
    ],
    probes: { details },
    shutdown: { signals: false },
    logger: false,
  })
  const failed = Promise.all([
    new Promise<void>((resolve) => lifecycle.on('check', () => resolve())),
    new Promise<void>((resolve) => lifecycle.on('warmup', ({ state }) => state === 'failed' && resolve())),
  ])
  lifecycle.addProbeFormat('text/html', ({ report }) => ({ body: JSON.stringify(report) }))
  await lifecycle.start()
  await failed
  return lifecycle
}

/** Status, headers and body of every answer there is. */
function everythingOf(lifecycle: Lifecycle): string {
  return URLS.flatMap((url) =>
    FORMS.map((accept) => JSON.stringify(lifecycle.probe({ url, headers: { accept, 'user-agent': 'anybody' } }))),
  ).join('\n')
}

/** What of an error may be seen in no form of a summary: its own words, wherever they are nested. */
function wordsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const { message, stack = '', cause } = error
  const nested = error instanceof AggregateError ? error.errors : []
  return [message, ...stack.split('\n').slice(1, 3), ...nested.flatMap(wordsOf), ...wordsOf(cause)]
    .map((words) => words.trim())
    .filter((words) => words.length > 8)
}

test('every fault there is was met, and by the driver itself', () => {
  const words = errors.flatMap(({ error }) => wordsOf(error)).join('\n')
  for (const said of ['password authentication failed', 'WRONGPASS', 'ECONNREFUSED', 'ENOTFOUND', 'SSL', HOST, USER]) {
    expect(words).toContain(said)
  }
  expect(errors.some(({ error }) => error instanceof AggregateError && error.message === '')).toBe(true)
})

test('a summary never tells a message, a host, a user, a password or a stack, in whatever form it is asked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...errors),
      fc.constantFrom(...errors),
      fc.constantFrom('none' as const, 'summary' as const),
      async (a, b, details) => {
        const lifecycle = await failing(a.error, b.error, details)
        const said = everythingOf(lifecycle)
        await lifecycle.shutdown()
        const hidden = [
          a.password,
          b.password,
          HOST,
          USER,
          '127.0.0.1',
          'ECONN',
          'node:',
          ...wordsOf(a.error),
          ...wordsOf(b.error),
        ]
        expect(hidden.filter((words) => said.includes(words))).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
})

test('the full form tells why, and never a password', async () => {
  const told = new Set<string>()
  for (const [index, { error, password }] of errors.entries()) {
    const other = errors[(index + 1) % errors.length]
    const lifecycle = await failing(error, other?.error, 'full')
    const said = everythingOf(lifecycle)
    await lifecycle.shutdown()
    const planted = [password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1)]
    expect([index, planted.filter((words) => said.includes(words))]).toEqual([index, []])
    expect(said).not.toContain('node:internal')
    for (const words of ['password authentication failed', 'WRONGPASS', 'ECONNREFUSED', 'ENOTFOUND']) {
      if (said.includes(words)) told.add(words)
    }
  }
  expect([...told]).toHaveLength(4)
})
