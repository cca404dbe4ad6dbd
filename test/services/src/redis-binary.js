import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { run } from './run.js'

// Only the binary is wanted: RUNLEVEL=1 keeps Debian from starting the service (sysvinit), `service … stop` ends one
// that started all the same (systemd).
const INSTALL = `
  command -v redis-server && exit
  apt-get update &&
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redis-server || exit
  service redis-server stop || true
`

/**
 * The path of `redis-server`. Where it is missing and this process is root on Debian or Ubuntu, it is installed with
 * apt; elsewhere the error says what to do.
 *
 * @returns {Promise<string>}
 */
export async function findRedisServer() {
  const found = await onPath('redis-server')
  if (found) return found
  if (process.getuid?.() !== 0 || !(await onPath('apt-get'))) {
    throw new Error(
      'redis-server is not on PATH: install it ("apt-get install redis-server", "brew install redis"), ' +
        'or run as root on Debian or Ubuntu, where it is installed by itself',
    )
  }
  // Several processes may come here at once, and `apt-get update` waits for no other: the lock makes them queue.
  await run('flock', [join(tmpdir(), 'tidegate-redis-install.lock'), 'sh', '-c', INSTALL])
  const installed = await onPath('redis-server')
  if (!installed) throw new Error('apt-get installed redis-server, but it is still not on PATH: look at its log')
  return installed
}

/** @param {string} name */
async function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name)
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return undefined
}
