// One instance of a service that loads its catalog from PostgreSQL before it is ready, and writes there when it does. Its
// argument is where its PostgreSQL and its Redis are, as JSON.
import { setTimeout as delay } from 'node:timers/promises'

import { cache, createLifecycle } from '@tidegate/core'
import { redis, redisLock } from '@tidegate/ioredis'
import { postgres } from '@tidegate/pg'
import { Redis } from 'ioredis'
import pg from 'pg'

/**
 * @type {{
 *   postgres: import('pg').PoolConfig
 *   redis: import('ioredis').RedisOptions
 *   lease: number
 *   seconds: number
 *   limit?: number
 *   stopsAfter?: number
 *   onFailure?: 'wait' | 'exit'
 * }}
 */
const where = JSON.parse(process.argv[2] ?? '')
const pool = new pg.Pool({ ...where.postgres, max: 2 })
const client = new Redis({ ...where.redis, lazyConnect: true })

const catalog = cache('catalog', {
  dependsOn: ['postgres', 'redis'],
  lock: redisLock(client, { holders: 2, lease: where.lease }),
  ...(where.limit !== undefined && { limits: { warmUp: where.limit } }),
  async load({ signal }) {
    const { rows } = await pool.query('INSERT INTO loads (pid) VALUES ($1) RETURNING id', [process.pid])
    await sleep(signal)
    await pool.query('UPDATE loads SET ended = clock_timestamp() WHERE id = $1', [rows[0].id])
    return process.pid
  },
})

/**
 * An ordinary query, which ignores the signal; with `stopsAfter` it is cut by it, and what is left to do takes so many
 * milliseconds.
 *
 * @param {AbortSignal} signal
 */
async function sleep(signal) {
  const { seconds, stopsAfter } = where
  const connection = await pool.connect()
  const sleeping = connection.query('SELECT pg_sleep($1)', [seconds])
  const cut = () => connection.release(true)
  if (stopsAfter !== undefined) {
    if (signal.aborted) cut()
    else signal.addEventListener('abort', cut, { once: true })
  }
  try {
    await sleeping
  } catch (error) {
    await delay(stopsAfter)
    throw error
  }
  connection.release()
}

const lifecycle = createLifecycle({
  service: { name: 'shop' },
  dependencies: [postgres(pool, { prime: false }), redis(client), catalog],
  warmUp: { onFailure: where.onFailure ?? 'wait' },
  shutdown: { gracePeriod: '60s', lameDuck: false, close: '20s' },
})

const server = await lifecycle.listen((_request, response) => response.end(String(catalog.get())), 0, '127.0.0.1')
const address = server.address()
console.log(JSON.stringify({ msg: 'listening', port: typeof address === 'object' && address?.port }))

// Whoever started it has gone.
process.stdin.on('end', () => process.exit(1)).resume()
