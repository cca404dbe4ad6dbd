import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

import { freezeTree, killTree, thawTree } from './process-tree.js'
import { startReaper } from './reaper.js'
import { startServerProcess } from './server-process.js'

const STOP_LIMIT_MS = 10_000

/**
 * A server of our own on 127.0.0.1. Every method resolves when what it says is so.
 *
 * @template Connection
 * @typedef {object} Service
 * @property {string} url
 * @property {Connection} connection
 * @property {boolean} external true when the environment named the server: then it can be used, but not handled
 * @property {() => Promise<void>} freeze stops every process of it where it stands: sockets stay open, nothing answers
 * @property {() => Promise<void>} thaw lets it go on
 * @property {() => Promise<void>} stop orderly and fast: open connections are ended
 * @property {() => Promise<void>} kill at once, as a power cut does, frozen or not
 * @property {() => Promise<void>} start after `stop` or `kill`: the same port, the same data
 * @property {() => Promise<void>} restart `stop`, then `start`
 * @property {() => Promise<void>} close ends it from any state and deletes its data; again does nothing
 */

/**
 * @template Connection
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.url
 * @param {Connection} options.connection
 * @param {string} options.directory what `close` deletes
 * @param {import('./server-process.js').ServerProgram} options.program
 * @param {NodeJS.Signals} options.stopSignal ends it orderly
 * @param {'QUIT' | 'KILL'} options.reapSignal ends it when nobody is left to wait for it
 * @param {() => Promise<void>} [options.beforeDelete] frees what it may have left outside its directory
 * @returns {Promise<Service<Connection>>}
 */
export async function startService({
  name,
  url,
  connection,
  directory,
  program,
  stopSignal,
  reapSignal,
  beforeDelete,
}) {
  const reaper = startReaper({ signal: reapSignal, directory })
  /** @type {import('./server-process.js').ServerProcess | undefined} */
  let server
  let closed = false

  async function start() {
    if (closed) throw new Error(`${name} is closed: start another one`)
    if (server) return
    // Whoever starts it may die before it is ready.
    const started = await startServerProcess(program, (pid) => reaper.guard(pid)).catch((error) => {
      reaper.guard(undefined)
      throw error
    })
    server = started
    void started.exited.then(() => {
      // It may have ended by itself, and its process id may soon be another's.
      if (server !== started) return
      server = undefined
      reaper.guard(undefined)
    })
  }

  function running() {
    if (server) return server
    throw new Error(`${name} is not running: call start() first`)
  }

  async function stop() {
    if (!server) return
    const { pid, exited } = server
    // A frozen process would not hear the signal.
    await thawTree(pid)
    process.kill(pid, stopSignal)
    if (!(await settlesWithin(exited, STOP_LIMIT_MS))) await kill()
  }

  async function kill() {
    if (!server) return
    const { pid, exited } = server
    await killTree(pid)
    await exited
  }

  async function close() {
    if (closed) return
    closed = true
    await stop()
    reaper.dismiss()
    await beforeDelete?.()
    await rm(directory, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return {
    url,
    connection,
    external: false,
    freeze: async () => freezeTree(running().pid),
    thaw: async () => thawTree(running().pid),
    stop,
    kill,
    start,
    restart: async () => {
      await stop()
      await start()
    },
    close,
  }
}

/**
 * @param {Promise<unknown>} promise
 * @param {number} limit in ms
 */
async function settlesWithin(promise, limit) {
  const controller = new AbortController()
  const timeout = delay(limit, false, { signal: controller.signal }).catch(() => false)
  try {
    return await Promise.race([promise.then(() => true), timeout])
  } finally {
    controller.abort()
  }
}
