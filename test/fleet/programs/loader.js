// One instance of a service that loads its catalog from PostgreSQL before it is ready, and writes there when it does. Its
// argument is where its PostgreSQL and its Redis are, as JSON.
import { cache, createLifecycle } from '@tidegate/core'
import { redis, redisLock } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import { Redis } from 'ioredis'
import pg from 'pg'

/** @type {{ postgres: import('pg').PoolConfig, redis: import('ioredis').RedisOptions, lease: number, seconds: number }} */
const where = JSON.parse(process.argv[2] ?? '')
const pool = new pg.Pool({ ...where.postgres, max: 2 })
const client = new Redis({ ...where.redis, lazyConnect: true })

const catalog = cache('catalog', {
  dependsOn: ['postgres', 'redis'],
  lock: redisLock(client, { holders: 2, lease: where.lease }),
  async load() {
    await pool.query('INSERT INTO loads (pid) VALUES ($1)', [process.pid])
    await pool.query('SELECT pg_sleep($1)', [where.seconds])
    await pool.query('UPDATE loads SET ended = clock_timestamp() WHERE pid = $1', [process.pid])
    return process.pid
  },
})

const lifecycle = createLifecycle({
  service: { name: 'shop' },
  dependencies: [postgres(pool, { prime: false }), redis(client), catalog],
  shutdown: { gracePeriod: '10s', lameDuck: false },
})

const server = await lifecycle.listen((_request, response) => response.end(String(catalog.get())), 0, '127.0.0.1')
const address = server.address()
console.log(JSON.stringify({ msg: 'listening', port: typeof address === 'object' && address?.port }))

// Whoever started it has gone.
process.stdin.on('end', () => process.exit(1)).resume()
