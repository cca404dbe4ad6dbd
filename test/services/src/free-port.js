import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const ATTEMPTS = 50

/**
 * A TCP port of 127.0.0.1 that nobody listens on at this moment.
 *
 * It lies below every system's ephemeral range: while a server is down, no outgoing connection can be given its port,
 * and a client that tries to reconnect cannot end up connected to itself.
 *
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(20_000, 32_000)
    if (await canListen(port)) return port
  }
  throw new Error(`None of ${ATTEMPTS} ports tried between 20000 and 32000 was free: stop what listens there`)
}

/** @param {number} port */
async function canListen(port) {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
