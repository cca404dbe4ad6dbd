import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findProgram } from './find-program.js'
import { freePort } from './free-port.js'
import { redisCommand } from './redis-command.js'
import { startService } from './service.js'
import { settled } from './settled.js'
import { startRedis } from './start-redis.js'

/** @typedef {import('./service.js').Service<import('./start-redis.js').RedisConnection>} RedisService */

/**
 * @typedef {object} RedisSentinel
 * @property {string} name of the master, as clients ask for it
 * @property {RedisService[]} sentinels
 * @property {RedisService} master the first one; after a failover the replica is it
 * @property {RedisService} replica
 * @property {() => Promise<number>} masterPort of the one that the first Sentinel names now
 * @property {() => Promise<void>} failover has the Sentinels make the replica the master, and the master its replica; resolves when it is so
 * @property {() => Promise<void>} close
 */

/**
 * Starts a private Redis with a replica, and Sentinels that watch over them. A master that is gone is replaced after about
 * two seconds.
 *
 * @param {object} [options]
 * @param {number} [options.sentinels] default 1; one of them is enough to decide
 * @returns {Promise<RedisSentinel>}
 */
export async function startRedisSentinel({ sentinels: count = 1 } = {}) {
  const name = 'mymaster'
  /** @type {RedisService[]} */
  const started = []
  const close = async () => void (await Promise.all(started.map((service) => service.close())))
  /** @param {RedisService} service */
  const keep = (service) => (started.push(service), service)
  try {
    const master = keep(await startRedis())
    const { host, port } = master.connection
    const replica = keep(
      await startRedis({ args: ['--replicaof', `${host} ${port}`, '--repl-diskless-sync-delay', '0'] }),
    )
    const sentinels = []
    for (let index = 0; index < count; index++) sentinels.push(keep(await startSentinel(name, master.connection)))
    const [first] = sentinels
    if (!first) throw new Error(`sentinels is ${count}, and must be at least 1`)
    const ask = (/** @type {string[]} */ ...command) => redisCommand(first.connection, 'SENTINEL', ...command)
    const masterPort = async () => Number((await ask('GET-MASTER-ADDR-BY-NAME', name)).trim().split('\n')[1])
    await settled('the Sentinel to know the replica', async () => /slave-priority/.test(await ask('REPLICAS', name)))
    await settled('the replica to follow its master', async () =>
      (await redisCommand(replica.connection, 'INFO', 'replication')).includes('master_link_status:up'),
    )
    return {
      name,
      sentinels,
      master,
      replica,
      masterPort,
      async failover() {
        const before = await masterPort()
        await settled('the Sentinel to begin a failover', () =>
          ask('FAILOVER', name).then(
            () => true,
            () => false,
          ),
        )
        await settled('the Sentinel to name another master', async () => (await masterPort()) !== before)
        const [old, next] = master.connection.port === before ? [master, replica] : [replica, master]
        // As the Sentinel does ten seconds later, when it has seen that the old one still takes itself for the master.
        await redisCommand(old.connection, 'REPLICAOF', next.connection.host, `${next.connection.port}`)
        await redisCommand(old.connection, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * @param {string} name
 * @param {import('./start-redis.js').RedisConnection} master
 * @returns {Promise<RedisService>}
 */
async function startSentinel(name, master) {
  const command = await findProgram('redis-server', { homebrew: 'redis' })
  const directory = await mkdtemp(join(tmpdir(), 'tidegate-sentinel-'))
  const connection = { host: '127.0.0.1', port: await freePort() }
  // It keeps in it what it learns, and does not start without one.
  const config = join(directory, 'sentinel.conf')
  const lines = [
    `bind ${connection.host}`,
    `port ${connection.port}`,
    `dir "${directory}"`,
    `sentinel monitor ${name} ${master.host} ${master.port} 1`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  return startService({
    name: 'Redis Sentinel',
    url: `redis://${connection.host}:${connection.port}`,
    connection,
    directory,
    program: { command, args: [config, '--sentinel'], ready: /\+monitor master/ },
    stopSignal: 'SIGTERM',
    reapSignal: 'KILL',
  })
}
