import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const LIMIT_MS = 5 * 60_000

/**
 * Runs a command to its end. Rejects with what it printed when it fails, or is not done within five minutes.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').ExecFileOptions} [options]
 * @returns {Promise<string>} its standard output
 */
export async function run(command, args, options = {}) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { timeout: LIMIT_MS, ...options, encoding: 'utf8' })
    return stdout
  } catch (error) {
    const { message, stdout = '', stderr = '' } = /** @type {Error & { stdout?: string, stderr?: string }} */ (error)
    throw new Error(`${message}\n${stdout}${stderr}`, { cause: error })
  }
}
