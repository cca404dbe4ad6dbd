import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { findProgram } from './find-program.js'
import { freePort } from './free-port.js'
import { fillIn } from './front-config.js'
import { inDirectory } from './in-directory.js'
import { startService } from './service.js'

/** @typedef {{ host: string, port: number, statsSocket: string }} HaproxyConnection */

/**
 * Starts a private HAProxy on a free port, with the configuration of `examples/haproxy`. It is installed first where it
 * is missing: see `findProgram`.
 *
 * @param {object} options
 * @param {Record<string, number>} options.servers the ports of 127.0.0.1 to send requests to, by name
 * @param {Record<string, string>} [options.changes] what is to stand in that configuration for what
 * @param {(text: string) => void} [options.onLog] told its log as it comes, whole lines or parts of them
 * @returns {Promise<import('./service.js').Service<HaproxyConnection>>}
 */
export async function startHaproxy({ servers, changes = {}, onLog }) {
  const command = await findProgram('haproxy')
  return inDirectory('haproxy', async (directory) => {
    const connection = { host: '127.0.0.1', port: await freePort(), statsSocket: join(directory, 'admin.sock') }
    const file = join(directory, 'haproxy.cfg')
    const config = await fillIn('haproxy/haproxy.cfg', servers, {
      'bind :80': `bind ${connection.host}:${connection.port}`,
      'stats socket /run/haproxy/admin.sock': `stats socket ${connection.statsSocket}`,
      ...changes,
    })
    await writeFile(file, config)
    return startService({
      name: 'HAProxy',
      url: `http://${connection.host}:${connection.port}`,
      connection,
      directory,
      // A master and its worker: alone it never says that it has opened its port.
      program: { command, args: ['-W', '-f', file], ready: /Loading success/, onLog },
      stopSignal: 'SIGTERM',
      reapSignal: 'KILL',
    })
  })
}
