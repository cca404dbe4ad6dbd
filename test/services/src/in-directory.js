import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Starts a server in a directory of its own, which is deleted again if that fails.
 *
 * @template Started
 * @param {string} name
 * @param {(directory: string) => Promise<Started>} start
 */
export async function inDirectory(name, start) {
  const directory = await mkdtemp(join(tmpdir(), `tidegate-${name}-`))
  try {
    return await start(directory)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}
