// A service as its users write it; compiled and run once as ESM and once as CommonJS. Prints what its routes answer.
import { cache, createLifecycle } from '@tidegate/core'
import { requires, tidegate } from '@tidegate/express'
import { redis } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import express from 'express'
import { Redis } from 'ioredis'
import pg from 'pg'

async function main(): Promise<void> {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 5 })
  const client = new Redis(process.env['REDIS_URL'] ?? '')
  const catalog = cache('catalog', {
    dependsOn: ['postgres'],
    load: async () => (await pool.query<{ title: string }>(`select 'Tides' as title`)).rows,
  })
  const lifecycle = createLifecycle({
    service: { name: 'shop' },
    dependencies: [postgres(pool, { prime: 2 }), redis(client, { critical: false }), catalog],
    logger: false,
  })

  const app = express()
  app.use(tidegate(lifecycle))
  app.get('/recommend', requires(lifecycle, 'redis'), (_request, response) => {
    response.json(catalog.get())
  })

  const server = await lifecycle.listen(app, 0, '127.0.0.1')
  await lifecycle.whenReady({ signal: AbortSignal.timeout(20_000) })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  for (const path of ['/recommend', '/healthz']) {
    const response = await fetch(`http://127.0.0.1:${address.port}${path}`)
    console.log(path, response.status, await response.text())
  }
  await lifecycle.shutdown()
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
