import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { askJson } from './ask-json.js'

const leash = new URL('leash.js', import.meta.url).href
const LAST_LINES = 10

/**
 * A shop in a process of its own, known by what it logs.
 *
 * @typedef {object} Instance
 * @property {string} phase
 * @property {Map<string, string>} warmUp by dependency, how far it has come
 * @property {string} drainStep the last one it has reached
 * @property {import('@tidegate/core').DrainRecord | undefined} record of its drain, its last line
 * @property {Promise<number>} listening the port it listens on; pending for ever when it ends before
 * @property {Promise<string>} exited its exit code, or the signal that ended it
 * @property {(signal: NodeJS.Signals) => void} signal
 * @property {() => string} lastWords the end of what it wrote
 */

/**
 * @param {URL} program
 * @param {Record<string, string>} environment added to ours
 * @returns {Instance}
 */
export function startInstance(program, environment) {
  const child = spawn(process.execPath, ['--import', leash, fileURLToPath(program)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Out of the terminal's reach: on Ctrl-C it is the demo that ends the shops.
    detached: true,
  })
  /** @type {string[]} */
  const log = []
  /** @type {(port: number) => void} */
  let onListening = () => {}

  /** @type {Instance} */
  const instance = {
    phase: 'starting',
    warmUp: new Map(),
    drainStep: '',
    record: undefined,
    listening: new Promise((resolve) => {
      onListening = resolve
    }),
    exited: once(child, 'close').then(
      ([code, signal]) => String(signal ?? code),
      (error) => String(error),
    ),
    signal: (name) => void child.kill(name),
    lastWords: () => log.join('\n'),
  }
  void instance.listening.then((port) => followWarmUp(instance, port))
  void instance.exited.then(() => {
    instance.phase = 'ended'
  })

  // Fastify logs to stdout, the others to stderr.
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input: /** @type {import('node:stream').Readable} */ (input) }).on('line', read)
  }
  return instance

  /** @param {string} line */
  function read(line) {
    log.push(line)
    if (log.length > LAST_LINES) log.shift()
    const event = parse(line)
    if (event === undefined) return
    if (event.phase) instance.phase = event.phase
    if (event.msg === 'listening') onListening(event.address.port)
    if (event.msg === 'stopped') instance.record = event
    if (event.msg?.startsWith('drain: ')) instance.drainStep = event.step
    if (event.msg?.startsWith('warm-up of ') && event.state === 'done') instance.warmUp.set(event.dependency, 'warm')
  }
}

/**
 * How far a warm-up has come is in `/startupz`: the log tells only when it begins and ends.
 *
 * @param {Instance} instance
 * @param {number} port
 */
async function followWarmUp(instance, port) {
  while (instance.phase === 'starting' || instance.phase === 'warming') {
    const { body } = await askJson(port, '/startupz')
    for (const [name, { progress }] of Object.entries(body?.warmUp?.pending ?? {})) {
      if (progress !== undefined && instance.warmUp.get(name) !== 'warm') instance.warmUp.set(name, progress)
    }
    await delay(20)
  }
}

/**
 * @param {string} line
 * @returns {any} undefined when it is not one of the logger's
 */
function parse(line) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * @param {Instance} instance
 * @returns {string} as `postgres warm, catalogue 2250/5000 products`
 */
export function describeWarmUp({ warmUp }) {
  return [...warmUp].map(([name, progress]) => `${name} ${progress}`).join(', ')
}
