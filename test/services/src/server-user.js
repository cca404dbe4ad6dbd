import { run } from './run.js'

/** @typedef {{ uid: number, gid: number }} ServerUser */

/**
 * Who PostgreSQL runs as when that cannot be ourselves: it refuses to run as root. `nobody` exists everywhere, so that
 * no user has to be created.
 *
 * @returns {Promise<ServerUser | undefined>}
 */
export async function findServerUser() {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])])
  return { uid: Number(uid), gid: Number(gid) }
}
