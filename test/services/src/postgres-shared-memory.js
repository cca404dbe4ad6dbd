import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { run } from './run.js'

/**
 * A killed PostgreSQL leaves its System V segment to its next start; without one it would stay until the machine
 * restarts, and systems allow few of them (macOS 32).
 *
 * @param {string} data the data directory of a server that is not running
 */
export async function releaseSharedMemory(data) {
  // Only a killed server leaves this file. Its seventh line is the segment's key and id.
  const lockFile = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined)
  const segment = lockFile?.split('\n')[6]?.trim().split(/\s+/)[1]
  if (segment) await run('ipcrm', ['-m', segment])
}
