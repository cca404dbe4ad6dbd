import { readFileSync } from 'node:fs'

const read = (name: string): string => readFileSync(new URL(`tls/${name}.pem`, import.meta.url), 'utf8')

/** For localhost, signed by itself, made for these tests and good for nothing else. */
export const CERTIFICATE: { readonly key: string; readonly cert: string } = { key: read('key'), cert: read('cert') }
