import { spawn } from 'node:child_process'
import { once } from 'node:events'

const START_LIMIT_MS = 30_000
const LOG_CHARACTERS = 8000

/**
 * @typedef {object} ServerProgram
 * @property {string} command
 * @property {string[]} args
 * @property {RegExp} ready what it prints when it accepts connections
 * @property {((text: string) => void) | undefined} [onLog] told everything it prints, as it comes
 * @property {number} [uid] the user it runs as
 * @property {number} [gid] the group it runs as
 */

/**
 * @typedef {object} ServerProcess
 * @property {number} pid
 * @property {Promise<unknown>} exited
 */

/**
 * Starts a server and resolves once it says that it accepts connections.
 * Rejects with the end of its log when it exits first, or is not ready within 30 s.
 *
 * @param {ServerProgram} program
 * @param {(pid: number | undefined) => void} onSpawn told the process id before anything is awaited
 * @returns {Promise<ServerProcess>}
 */
export async function startServerProcess({ command, args, ready, onLog, ...user }, onSpawn) {
  const child = spawn(command, args, {
    // A session of its own: a Ctrl-C in the terminal must not end the server before its users have drained.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    ...user,
  })
  onSpawn(child.pid)
  const outputs = /** @type {import('node:net').Socket[]} */ ([child.stdout, child.stderr])
  const exited = once(child, 'exit').catch(() => {})
  /** @type {NodeJS.Timeout | undefined} */
  let limit
  try {
    await new Promise((resolve, reject) => {
      let log = ''
      const fail = (/** @type {string} */ what) => reject(new Error(`${command} ${what}. The end of its log:\n${log}`))
      for (const output of outputs) {
        output.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
          log = (log + text).slice(-LOG_CHARACTERS)
          onLog?.(text)
          if (ready.test(log)) resolve(undefined)
        })
      }
      child.once('error', (error) => fail(`could not be started (${error.message})`))
      child.once('close', (code, signal) => fail(`ended with ${signal ?? code} before it was ready`))
      limit = setTimeout(() => {
        fail(`was not ready within ${START_LIMIT_MS} ms`)
        child.kill('SIGKILL')
      }, START_LIMIT_MS)
    })
  } finally {
    clearTimeout(limit)
  }
  // A test run that forgot to close its server must still end: the reaper ends the server then.
  child.unref()
  for (const output of outputs) output.unref()
  return { pid: /** @type {number} */ (child.pid), exited }
}
