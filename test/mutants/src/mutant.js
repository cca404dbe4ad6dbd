import { fileURLToPath } from 'node:url'

const core = fileURLToPath(new URL('../../../packages/core/src/', import.meta.url))

/**
 * @typedef {object} Mutant core with one promise broken
 * @property {string} name what it does wrong, as a sentence about the service
 * @property {string} file in packages/core/src
 * @property {string} find text that the file has once
 * @property {string} replace
 * @property {import('./server-suites.js').Protocol} [protocol] whose suites have to notice; HTTP/1.1 by default
 * @property {Readonly<Record<string, string>>} [spares] suites that cannot notice, by name, each with the reason
 */

/** @param {Mutant} mutant */
export function protocolOf({ protocol = 'http1' }) {
  return protocol
}

/** @param {Mutant} mutant */
export function pathOf({ file }) {
  return core + file
}

/**
 * The text of the mutant's file with the promise broken.
 *
 * @param {Mutant} mutant
 * @param {string} text
 */
export function breakPromise({ name, file, find, replace }, text) {
  const parts = text.split(find)
  if (parts.length === 2) return parts.join(replace)
  const times = parts.length - 1
  throw new Error(
    `the mutant "${name}" does not apply: packages/core/src/${file} has its text ${times} times instead of once; update it, or drop it with the promise: ${JSON.stringify(find)}`,
  )
}
