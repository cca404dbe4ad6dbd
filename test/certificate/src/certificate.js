import { readFileSync } from 'node:fs'

/** @param {string} name */
const read = (name) => readFileSync(new URL(`${name}.pem`, import.meta.url), 'utf8')

/** For localhost, signed by itself, made for tests and good for nothing else. */
export const CERTIFICATE = { key: read('key'), cert: read('cert') }
