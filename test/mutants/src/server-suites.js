import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** The test files that hold an adapter to the server suite, whatever they are called. */
export function findServerSuites() {
  return readdirSync(join(repository, 'packages'))
    .map((name) => join('packages', name, 'test'))
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap((folder) => readdirSync(join(repository, folder)).map((file) => join(folder, file)))
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => /^runServerSuite\(/m.test(readFileSync(join(repository, path), 'utf8')))
}
