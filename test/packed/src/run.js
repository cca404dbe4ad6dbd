import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const LIMIT_MS = 90_000

/**
 * Runs a command to its end. Rejects with what it printed when it fails, or is not done within 90 s.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} [env] default: this process's
 * @returns {Promise<string>} its standard output
 */
export async function run(command, args, cwd, env) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, env, timeout: LIMIT_MS })
    return stdout
  } catch (error) {
    const { message, stdout = '', stderr = '' } = /** @type {Error & { stdout?: string, stderr?: string }} */ (error)
    throw new Error(`${message}\n${stdout}${stderr}`, { cause: error })
  }
}
