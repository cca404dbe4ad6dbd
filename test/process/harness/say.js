import { writeSync } from 'node:fs'

/**
 * Prints one line for the test. Synchronously, because `process.exit` drops what a pipe has not taken yet.
 *
 * @param {string} msg
 * @param {object} [fields]
 */
export function say(msg, fields = {}) {
  writeSync(1, `${JSON.stringify({ msg, ...fields })}\n`)
}
