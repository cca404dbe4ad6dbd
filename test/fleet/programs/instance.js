// One instance of a service. Its argument is where its PostgreSQL and its Redis are, as JSON.
import { outlier } from '@tidegate/admission'
import { createLifecycle } from '@tidegate/core'
import { redisFleet } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import { Redis } from 'ioredis'
import pg from 'pg'

/** @type {{ postgres: import('pg').PoolConfig, redis: import('ioredis').RedisOptions, lease: number }} */
const where = JSON.parse(process.argv[2] ?? '')
const pool = new pg.Pool({ ...where.postgres, max: 2 })
const client = new Redis({ ...where.redis, lazyConnect: true })

const lifecycle = createLifecycle({
  service: { name: 'shop' },
  dependencies: [postgres(pool, { prime: false })],
  fleet: redisFleet(client, { lease: where.lease }),
  probes: { readiness: 'fleet', details: 'full' },
  health: { interval: '1s', retryInterval: '200ms', timeout: '1s', abandonAfter: '2s' },
  warmUp: { retry: { max: '500ms' } },
  shutdown: { gracePeriod: '10s', lameDuck: false },
})
outlier(lifecycle, { baseEjection: '60s' })

const server = await lifecycle.listen(
  (request, response) => {
    response.statusCode = request.url === '/poisoned' ? 500 : 200
    response.end('served')
  },
  0,
  '127.0.0.1',
)
await lifecycle.whenReady()
const address = server.address()
console.log(JSON.stringify({ msg: 'listening', port: typeof address === 'object' && address?.port }))

// Whoever started it has gone.
process.stdin.on('end', () => process.exit(1)).resume()
