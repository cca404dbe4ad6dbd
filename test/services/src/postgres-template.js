import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findPostgres } from './postgres-binaries.js'
import { run } from './run.js'
import { findServerUser } from './server-user.js'

// Counts up when the commands below change: an older template on the machine is not used then.
const REVISION = 1

/**
 * PostgreSQL's binaries and a data directory fresh from `initdb`, made once per machine, user and version:
 * `initdb` takes seconds, a copy of its result a fraction of one.
 *
 * @param {{ name: string, password: string }} superuser
 * @returns {Promise<{ postgres: string, data: string, user: import('./server-user.js').ServerUser | undefined }>}
 */
export async function findPostgresTemplate(superuser) {
  const user = await findServerUser()
  const { folder: binaries, version } = await findPostgres()
  const template = join(tmpdir(), `tidegate-postgres-${version}-r${REVISION}-uid${process.getuid?.()}`)
  if (!existsSync(template)) await makeTemplate({ template, binaries, user, superuser })
  return { postgres: join(template, 'native/bin/postgres'), data: join(template, 'data'), user }
}

/**
 * @param {object} options
 * @param {string} options.template
 * @param {string} options.binaries
 * @param {import('./server-user.js').ServerUser | undefined} options.user
 * @param {{ name: string, password: string }} options.superuser
 */
async function makeTemplate({ template, binaries, user, superuser }) {
  // Aside, then renamed: nobody ever sees half a template. Of several processes that come here at once one wins.
  const draft = await mkdtemp(`${template}-draft-`)
  try {
    // Copied, because the server's user may not be allowed into the folder this repository lies in.
    await chmod(draft, 0o755)
    await run('cp', ['-R', binaries, join(draft, 'native')])
    const data = join(draft, 'data')
    const passwordFile = join(draft, 'password')
    await mkdir(data, { mode: 0o700 })
    await writeFile(passwordFile, superuser.password, { mode: 0o600 })
    if (user) await Promise.all([data, passwordFile].map((path) => chown(path, user.uid, user.gid)))
    const options = {
      pgdata: data,
      username: superuser.name,
      pwfile: passwordFile,
      auth: 'scram-sha-256',
      encoding: 'UTF8',
      locale: 'C',
      // The smallest: it is what a copy costs.
      'wal-segsize': '1',
    }
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    await run(join(draft, 'native/bin/initdb'), [...args, '--no-sync'], { cwd: draft, ...user })
    await rename(draft, template)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(template)) throw error
  }
}
