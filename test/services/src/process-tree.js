import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/** @typedef {{ pid: number, parent: number, state: string }} ProcessRow */

const LIMIT_MS = 5000

/**
 * Stops a process and its children where they stand, as a machine that hangs does: sockets stay open, nothing answers.
 * Resolves when all of them have stopped.
 *
 * @param {number} pid
 */
export async function freezeTree(pid) {
  // The parent first: once it has stopped it forks no child that the list below would miss.
  signal(pid, 'SIGSTOP')
  await until(`process ${pid} to stop`, async () => (await rowOf(pid))?.state !== 'running')
  for (const child of await childrenOf(pid)) signal(child, 'SIGSTOP')
  await until(`the children of process ${pid} to stop`, async () => {
    const rows = await processTable()
    return rows.every((row) => row.parent !== pid || row.state !== 'running')
  })
}

/** @param {number} pid */
export async function thawTree(pid) {
  for (const child of await childrenOf(pid)) signal(child, 'SIGCONT')
  signal(pid, 'SIGCONT')
}

/**
 * Ends a process and its children at once, frozen or not, as a machine that loses its power does.
 *
 * @param {number} pid
 */
export async function killTree(pid) {
  await freezeTree(pid)
  const pids = [pid, ...(await childrenOf(pid))]
  for (const each of pids) signal(each, 'SIGKILL')
  await until(`processes ${pids.join(', ')} to end`, async () => {
    const rows = await processTable()
    return !rows.some((row) => pids.includes(row.pid) && row.state !== 'dead')
  })
}

/**
 * @param {number} pid
 * @returns {Promise<boolean>} false also for a zombie, which no longer runs however long nobody asks for its result
 */
export async function isAlive(pid) {
  const row = await rowOf(pid)
  return row !== undefined && row.state !== 'dead'
}

/** @param {number} pid */
async function childrenOf(pid) {
  const rows = await processTable()
  return rows.filter((row) => row.parent === pid).map((row) => row.pid)
}

/** @param {number} pid */
async function rowOf(pid) {
  const rows = await processTable()
  return rows.find((row) => row.pid === pid)
}

/** @returns {Promise<ProcessRow[]>} */
async function processTable() {
  if (process.platform === 'linux') return procTable()
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,state='])
  return stdout.split('\n').map((line) => toRow(line.trim().split(/\s+/)))
}

// Not `ps`: slim container images have none.
async function procTable() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined)))
  return stats.flatMap((stat) => {
    if (stat === undefined) return []
    // The name, in parentheses, may hold spaces and parentheses itself.
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [toRow([stat, parent, state])]
  })
}

/**
 * @param {string[]} fields
 * @returns {ProcessRow}
 */
function toRow([pid = '', parent = '', state = '']) {
  const kinds = /** @type {const} */ ({ T: 'stopped', t: 'stopped', Z: 'dead', X: 'dead' })
  const kind = kinds[/** @type {keyof typeof kinds} */ (state[0])] ?? 'running'
  return { pid: Number.parseInt(pid, 10), parent: Number.parseInt(parent, 10), state: kind }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}

/**
 * Processes that are not our children announce nothing: they have to be asked for.
 *
 * @param {string} what
 * @param {() => Promise<boolean>} condition
 */
async function until(what, condition) {
  const limit = Date.now() + LIMIT_MS
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(`Waited ${LIMIT_MS} ms in vain for ${what}`)
    await delay(10)
  }
}
