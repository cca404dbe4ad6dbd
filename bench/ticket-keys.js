// CPU time of a new instance for the connections of clients that come over from an old one: with full handshakes, and
// resuming the old one's sessions. One small request each.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'

const CONNECTIONS = 500
const RUNS = 5

/** @typedef {{ port: number, cpuMs(): Promise<number>, stop(): void }} Instance */

/**
 * @param {string} version
 * @returns {Promise<Instance>}
 */
async function start(version) {
  const child = fork(fileURLToPath(new URL('programs/tls-server.js', import.meta.url)), [version])
  const [port] = await once(child, 'message')
  return {
    port,
    async cpuMs() {
      const told = once(child, 'message')
      child.send('cpu')
      const [ms] = await told
      return ms
    },
    stop: () => child.disconnect(),
  }
}

/**
 * @param {number} port
 * @param {Buffer} [session] to be resumed
 */
async function ask(port, session) {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...(session && { session }) })
  /** @type {Buffer | undefined} */
  let ticket
  socket.on('session', (given) => (ticket = given))
  await once(socket, 'secureConnect')
  if (socket.isSessionReused() !== (session !== undefined)) throw new Error('a session was resumed, or was not')
  socket.write('GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n')
  socket.resume()
  await once(socket, 'close')
  return ticket
}

/**
 * CPU time of one connection, in milliseconds.
 *
 * @param {Instance} instance
 * @param {Buffer} [session]
 */
async function measure(instance, session) {
  const before = await instance.cpuMs()
  for (let connection = 0; connection < CONNECTIONS; connection++) await ask(instance.port, session)
  return ((await instance.cpuMs()) - before) / CONNECTIONS
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

let failed = false
for (const version of ['TLSv1.2', 'TLSv1.3']) {
  const [old, young] = await Promise.all([start(version), start(version)])
  const session = await ask(old.port)
  // Both ways are compiled before anything is measured.
  await measure(young)
  await measure(young, session)
  /** @type {number[]} */
  const full = []
  /** @type {number[]} */
  const resumed = []
  for (let run = 0; run < RUNS; run++) {
    full.push(await measure(young))
    resumed.push(await measure(young, session))
  }
  old.stop()
  young.stop()
  const ratio = median(resumed) / median(full)
  failed ||= ratio >= 1
  console.log(
    `${version}: full ${median(full).toFixed(2)} ms, resumed ${median(resumed).toFixed(2)} ms of CPU time a connection, ratio ${ratio.toFixed(2)}`,
  )
}
if (failed) {
  console.error('resuming costs as much as a full handshake')
  process.exitCode = 1
}
