import { chown, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { externalService } from './external-service.js'
import { freePort } from './free-port.js'
import { releaseSharedMemory } from './postgres-shared-memory.js'
import { findPostgresTemplate } from './postgres-template.js'
import { run } from './run.js'
import { startService } from './service.js'

/**
 * Ready for `new pg.Pool(connection)`.
 * @typedef {{ host: string, port: number, user: string, password: string, database: string }} PostgresConnection
 */

const SUPERUSER = { name: 'postgres', password: 'tidegate' }

/**
 * Starts a private PostgreSQL on a free port, whose password is checked. The first start on a machine takes seconds, for
 * `initdb`.
 *
 * @param {object} [options]
 * @param {number} [options.maxConnections] default 100; as we are a superuser, none is reserved for others
 * @param {Record<string, string | number | boolean>} [options.settings] further settings of postgresql.conf
 * @param {(text: string) => void} [options.onLog] told the server's log as it comes, whole lines or parts of them
 * @param {boolean} [options.useEnvironment] use the server that `DATABASE_URL` names, when it is set; default false
 * @returns {Promise<import('./service.js').Service<PostgresConnection>>}
 */
export async function startPostgres({ maxConnections = 100, settings = {}, onLog, useEnvironment = false } = {}) {
  const { DATABASE_URL } = process.env
  if (useEnvironment && DATABASE_URL) {
    return externalService('DATABASE_URL', DATABASE_URL, connectionOf(new URL(DATABASE_URL)))
  }
  const { postgres, data, user } = await findPostgresTemplate(SUPERUSER)
  const url = `postgres://${SUPERUSER.name}:${SUPERUSER.password}@127.0.0.1:${await freePort()}/postgres`
  const connection = connectionOf(new URL(url))
  const directory = await mkdtemp(join(tmpdir(), 'tidegate-postgres-'))
  if (user) await chown(directory, user.uid, user.gid)
  const instanceData = join(directory, 'data')
  // As the server's user, whose files the copies have to be.
  await run('cp', ['-R', data, instanceData], { cwd: directory, ...user })

  const all = {
    listen_addresses: connection.host,
    port: connection.port,
    max_connections: maxConnections,
    unix_socket_directories: '',
    // Data outlives a SIGKILL, but need not outlive the machine. (Without synchronous_commit a kill would lose commits.)
    fsync: false,
    full_page_writes: false,
    autovacuum: false,
    shared_buffers: '16MB',
    // In the data directory: a killed server leaves nothing in /dev/shm.
    dynamic_shared_memory_type: 'mmap',
    ...settings,
  }
  return startService({
    name: 'PostgreSQL',
    url,
    connection,
    directory,
    program: {
      command: postgres,
      args: ['-D', instanceData, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      ready: /database system is ready to accept connections/,
      onLog,
      ...user,
    },
    // Fast shutdown: open sessions are ended, not awaited.
    stopSignal: 'SIGINT',
    reapSignal: 'QUIT',
    beforeDelete: () => releaseSharedMemory(instanceData),
  })
}

/**
 * @param {URL} url
 * @returns {PostgresConnection}
 */
function connectionOf({ hostname, port, username, password, pathname }) {
  const user = decodeURIComponent(username)
  return {
    host: hostname,
    port: Number(port || 5432),
    user,
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || user,
  }
}
