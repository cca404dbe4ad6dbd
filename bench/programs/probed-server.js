// Answers /healthz and prints its port; asked for it, prints its heap after a forced collection. The argument says who
// answers: a constant, or a lifecycle with PostgreSQL and Redis behind it.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

import { createLifecycle } from '@tidegate/core'
import { redis } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import { Redis } from 'ioredis'
import pg from 'pg'

const BODY = JSON.stringify({ status: 'fail', phase: 'ready', dependencies: { postgres: { status: 'fail' } } })

const server = createServer((_request, response) => {
  response.writeHead(503, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': BODY.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'retry-after': '1',
  })
  response.end(BODY)
})

// Each rests while the other is asked.
server.keepAliveTimeout = 600_000
if (process.argv[2] === 'tidegate') await listenWithLifecycle()
else await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))

const address = server.address()
console.log(typeof address === 'object' ? address?.port : address)

// What a probe's last turn has left behind is not what it keeps.
createInterface({ input: process.stdin }).on('line', () => setImmediate(tellHeap))

function tellHeap() {
  globalThis.gc?.()
  console.log(process.memoryUsage().heapUsed)
}

async function listenWithLifecycle() {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] })
  pool.on('error', () => {})
  const client = new Redis(process.env['REDIS_URL'] ?? '', { lazyConnect: true })
  client.on('error', () => {})
  const lifecycle = createLifecycle({ dependencies: [postgres(pool), redis(client)], logger: false })
  await lifecycle.listen(server, 0, '127.0.0.1')
  await lifecycle.whenReady()
}
