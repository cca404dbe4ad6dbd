// The tests of a project that has Jest as it comes: no settings, and CommonJS.
const { createServer } = require('node:http')

const { afterAll, beforeAll, describe, expect, test } = require('@jest/globals')
const { createLifecycle } = require('@tidegate/core')
const { requires, tidegate } = require('@tidegate/express')
const { redis } = require('@tidegate/ioredis')
const { postgres } = require('@tidegate/pg')
const { runServerSuite } = require('@tidegate/testing')
const express = require('express')
const { Redis } = require('ioredis')
const pg = require('pg')

/** @type {string[]} */
const specifiers = JSON.parse(process.env['SPECIFIERS'] ?? '[]')

test.each(specifiers)('requires %s', (specifier) => {
  expect(Object.keys(require(specifier))).not.toEqual([])
})

describe('the shop', () => {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] })
  const client = new Redis(process.env['REDIS_URL'] ?? '')
  const lifecycle = createLifecycle({
    dependencies: [postgres(pool), redis(client)],
    shutdown: { lameDuck: false, linger: false },
    logger: false,
  })
  const app = express()
  app.use(tidegate(lifecycle))
  app.get('/answer', requires(lifecycle, 'postgres'), async (_request, response) => {
    response.json((await pool.query('select 42 as answer')).rows)
  })
  let origin = ''

  beforeAll(async () => {
    const server = await lifecycle.listen(app, 0, '127.0.0.1')
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
    origin = `http://127.0.0.1:${port}`
    await lifecycle.whenReady({ signal: AbortSignal.timeout(20_000) })
  }, 30_000)
  afterAll(() => lifecycle.shutdown(), 30_000)

  test('serves', async () => {
    const response = await fetch(`${origin}/answer`)
    expect(await response.json()).toEqual([{ answer: 42 }])
  })

  test('reports its health', async () => {
    const response = await fetch(`${origin}/healthz`)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ status: 'pass', dependencies: { redis: { status: 'pass' } } })
  })
})

runServerSuite(
  'Express',
  ({ lifecycle, routes, refuseWith }) => {
    const app = express()
    app.use((_request, response, next) => {
      if (refuseWith === undefined) next()
      else response.sendStatus(refuseWith)
    })
    app.use(tidegate(lifecycle))
    for (const { method, path, requires: names, handle } of routes) {
      app[method](path, ...names.map((name) => requires(lifecycle, name)), async (request, response) => {
        const body = await handle(request, response)
        if (typeof body === 'string') response.send(body)
        else body?.pipe(response)
      })
    }
    return createServer(app)
  },
  { describe, test },
)
