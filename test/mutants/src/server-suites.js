import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** @typedef {'http1' | 'http2'} Protocol */

/** @type {Readonly<Record<Protocol, RegExp>>} */
const CALLS = { http1: /^runServerSuite\(/m, http2: /^runHttp2Suite\(/m }

/**
 * The test files that hold an adapter to the server suite, or to the HTTP/2 suite, whatever they are called.
 *
 * @param {Protocol} protocol
 */
export function findServerSuites(protocol) {
  return readdirSync(join(repository, 'packages'))
    .map((name) => join('packages', name, 'test'))
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap((folder) => readdirSync(join(repository, folder)).map((file) => join(folder, file)))
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => CALLS[protocol].test(readFileSync(join(repository, path), 'utf8')))
}
