import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'

import { SELF_ADDRESS } from './self-address.ts'

/** What handlers and Node's own agent use of a socket, and a stream does not have. */
const LIKE_A_SOCKET = {
  ...SELF_ADDRESS,
  connecting: false,
  pending: false,
  timeout: 0,
  bytesRead: 0,
  bytesWritten: 0,
  setTimeout(this: { timeout: number }, ms: number) {
    this.timeout = ms
    return this
  },
  setNoDelay: returnThis,
  setKeepAlive: returnThis,
  ref: returnThis,
  unref: returnThis,
  destroySoon(this: Duplex): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  },
  resetAndDestroy(this: Duplex): Duplex {
    return this.destroy()
  },
}

type LikeASocket = Duplex & typeof LIKE_A_SOCKET

function returnThis<This>(this: This): This {
  return this
}

/** Two ends of one connection that touches neither a port nor the kernel. Each closes with the other. */
export function createSocketPair(): readonly [client: Duplex, server: Duplex] {
  const [client, server] = duplexPair().map((end): LikeASocket => Object.assign(end, LIKE_A_SOCKET)) as [
    LikeASocket,
    LikeASocket,
  ]
  client.once('close', () => server.destroy())
  server.once('close', () => client.destroy())
  count(client, server)
  count(server, client)
  return [client, server]
}

/** Nothing but the other end pushes, and it pushes what it was written. */
function count(to: LikeASocket, from: LikeASocket): void {
  const push = to.push.bind(to)
  to.push = (chunk: Buffer | null, encoding) => {
    to.bytesRead += chunk?.length ?? 0
    from.bytesWritten = to.bytesRead
    return push(chunk, encoding)
  }
}
