import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'

/** What handlers and Node's own agent call on a socket, and a stream does not have. */
const LIKE_A_SOCKET = {
  remoteAddress: '127.0.0.1',
  remoteFamily: 'IPv4',
  setTimeout: returnThis,
  setNoDelay: returnThis,
  setKeepAlive: returnThis,
  ref: returnThis,
  unref: returnThis,
}

function returnThis<This>(this: This): This {
  return this
}

/** Two ends of one connection that touches neither a port nor the kernel. Each closes with the other. */
export function createSocketPair(): readonly [client: Duplex, server: Duplex] {
  const [client, server] = duplexPair()
  client.once('close', () => server.destroy())
  server.once('close', () => client.destroy())
  return [Object.assign(client, LIKE_A_SOCKET), Object.assign(server, LIKE_A_SOCKET)]
}
