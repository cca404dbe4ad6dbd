import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { findProgram } from './find-program.js'
import { freePort } from './free-port.js'
import { fillIn } from './front-config.js'
import { inDirectory } from './in-directory.js'
import { startService } from './service.js'

/** Where nginx puts what is too large for its memory: Debian's own folders belong to root. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** @typedef {{ host: string, port: number, accessLog: string }} NginxConnection */

/**
 * Starts a private nginx on a free port, with the configuration of `examples/nginx`. It is installed first where it is
 * missing: see `findProgram`.
 *
 * @param {object} options
 * @param {Record<string, number>} options.servers the ports of 127.0.0.1 to send requests to, by name
 * @param {Record<string, string>} [options.changes] what is to stand in that configuration for what
 * @returns {Promise<import('./service.js').Service<NginxConnection>>}
 */
export async function startNginx({ servers, changes = {} }) {
  const command = await findProgram('nginx')
  return inDirectory('nginx', async (directory) => {
    const connection = { host: '127.0.0.1', port: await freePort(), accessLog: join(directory, 'access.log') }
    const file = join(directory, 'nginx.conf')
    const folders = TEMPORARY.map((name) => `    ${name}_temp_path ${join(directory, name)};\n`)
    const config = await fillIn('nginx/nginx.conf', servers, {
      'listen 80;': `listen ${connection.host}:${connection.port};`,
      '/var/log/nginx/access.log': connection.accessLog,
      'http {\n': `http {\n${folders.join('')}`,
      ...changes,
    })
    await writeFile(file, config)
    return startService({
      name: 'nginx',
      url: `http://${connection.host}:${connection.port}`,
      connection,
      directory,
      program: {
        command,
        args: ['-e', 'stderr', '-c', file, '-g', settingsIn(directory)],
        ready: /start worker processes/,
      },
      stopSignal: 'SIGTERM',
      reapSignal: 'KILL',
    })
  })
}

/**
 * What distributions set outside of the file, or leave to its defaults.
 *
 * @param {string} directory
 */
function settingsIn(directory) {
  const settings = ['daemon off', `pid ${join(directory, 'nginx.pid')}`, 'error_log stderr notice']
  // Root's workers would be somebody who may not enter our directory.
  if (process.getuid?.() === 0) settings.push('user root')
  return settings.map((setting) => `${setting};`).join(' ')
}
