import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { externalService } from './external-service.js'
import { findProgram } from './find-program.js'
import { freePort } from './free-port.js'
import { startService } from './service.js'

/** @typedef {{ host: string, port: number }} RedisConnection */

/**
 * Starts a private Redis on a free port. It is installed first where it is missing: see `findProgram`.
 *
 * @param {object} [options]
 * @param {string[]} [options.args] further arguments of `redis-server`, such as `['--maxclients', '5']`
 * @param {boolean} [options.useEnvironment] use the server that `REDIS_URL` names, when it is set; default false
 * @returns {Promise<import('./service.js').Service<RedisConnection>>}
 */
export async function startRedis({ args = [], useEnvironment = false } = {}) {
  const { REDIS_URL } = process.env
  if (useEnvironment && REDIS_URL) {
    const { hostname, port } = new URL(REDIS_URL)
    return externalService('REDIS_URL', REDIS_URL, { host: hostname, port: Number(port || 6379) })
  }
  const command = await findProgram('redis-server', { homebrew: 'redis' })
  const directory = await mkdtemp(join(tmpdir(), 'tidegate-redis-'))
  const connection = { host: '127.0.0.1', port: await freePort() }
  return startService({
    name: 'Redis',
    url: `redis://${connection.host}:${connection.port}`,
    connection,
    directory,
    program: {
      command,
      args: [
        ...['--bind', connection.host, '--port', String(connection.port), '--dir', directory],
        // Written before each answer and never synced: data outlives a SIGKILL of the process at no cost.
        ...['--appendonly', 'yes', '--appendfsync', 'no', '--auto-aof-rewrite-percentage', '0', '--save', ''],
        ...args,
      ],
      ready: /Ready to accept connections/,
    },
    stopSignal: 'SIGTERM',
    reapSignal: 'KILL',
  })
}
