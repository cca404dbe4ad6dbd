// CPU time from SIGTERM to the end of the last of many idle connections: a bare server that destroys them, and one under a
// lifecycle that ends them, in turn, in one run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SOCKETS = 5000
/** Connections that are opened at once: the kernel keeps no more waiting than the server's backlog. */
const AT_ONCE = 100
const RUNS = 5
const LIMIT = 2

const REQUEST = 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n'

/** @param {'closeAllConnections' | 'tidegate'} manager */
async function cpuOfLeaving(manager) {
  const path = fileURLToPath(new URL('programs/idle-server.js', import.meta.url))
  const child = spawn(process.execPath, [path, manager], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const port = Number((await lines.next()).value)
  const sockets = await openIdle(port)
  child.kill('SIGTERM')
  const { cpuMs } = JSON.parse((await lines.next()).value ?? '{}')
  await once(child, 'exit')
  for (const socket of sockets) socket.destroy()
  return cpuMs
}

/** @param {number} port */
async function openIdle(port) {
  /** @type {import('node:net').Socket[]} */
  const sockets = []
  while (sockets.length < SOCKETS) {
    sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => openOne(port)))))
  }
  return sockets
}

/**
 * Resolves when it has been used once.
 *
 * @param {number} port
 */
async function openOne(port) {
  const socket = connect(port, '127.0.0.1')
  socket.write(REQUEST)
  await once(socket, 'data')
  socket.on('error', () => {})
  return socket.resume()
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** @type {number[]} */
const bare = []
/** @type {number[]} */
const tidegate = []
for (let run = 0; run < RUNS; run++) {
  bare.push(await cpuOfLeaving('closeAllConnections'))
  tidegate.push(await cpuOfLeaving('tidegate'))
}
const ratio = median(tidegate) / median(bare)
console.log(
  `${SOCKETS} idle sockets: closeAllConnections() ${median(bare).toFixed(0)} ms of CPU, tidegate ${median(tidegate).toFixed(0)} ms, ratio ${ratio.toFixed(2)}`,
)
if (ratio > LIMIT) {
  console.error(`ending idle connections takes more than ${LIMIT} times what destroying them takes`)
  process.exitCode = 1
}
