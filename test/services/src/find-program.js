import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { run } from './run.js'

// Only the binary is wanted: RUNLEVEL=1 keeps Debian from starting the service (sysvinit), `service … stop` ends one
// that started all the same (systemd), and the next boot must not start it either.
const INSTALL = `
  install() { RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1"; }
  command -v "$1" && exit
  install "$2" || { apt-get update && install "$2"; } || exit
  service "$1" stop || true
  update-rc.d "$1" disable || true
`

/** Where Debian keeps daemons, which is on the PATH of root alone. */
const DAEMONS = ['/usr/sbin', '/usr/local/sbin']

/**
 * The path of a program. Where it is missing and this process is root on Debian or Ubuntu, it is installed with apt;
 * elsewhere the error says what to do.
 *
 * @param {string} program such as `redis-server`
 * @param {object} [calledBy] what others call the package that it comes in; the default is as the program
 * @param {string} [calledBy.debian]
 * @param {string} [calledBy.homebrew]
 * @returns {Promise<string>}
 */
export async function findProgram(program, { debian = program, homebrew = debian } = {}) {
  const found = await onPath(program)
  if (found) return found
  if (process.getuid?.() !== 0 || !(await onPath('apt-get'))) {
    throw new Error(
      `${program} is not on PATH: install it ("apt-get install ${debian}", "brew install ${homebrew}"), ` +
        'or run as root on Debian or Ubuntu, where it is installed by itself',
    )
  }
  // Several processes may come here at once, and apt waits for no other: the lock makes them queue.
  await run('flock', [join(tmpdir(), 'tidegate-install.lock'), 'sh', '-c', INSTALL, 'sh', program, debian])
  const installed = await onPath(program)
  if (!installed) throw new Error(`apt-get installed ${debian}, but ${program} is still not on PATH: look at its log`)
  return installed
}

/**
 * @param {string} name
 * @returns {Promise<string | undefined>}
 */
export async function onPath(name) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...DAEMONS]) {
    const file = join(folder, name)
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return undefined
}
