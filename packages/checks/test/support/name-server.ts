import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'

const HEADER = 12
const NO_SUCH_NAME = 3

/** A real resolver on a port of localhost that knows one name's address. */
export interface NameServer {
  readonly address: string
  readonly asked: () => number
  /** From then on it says nothing, or that there is no such name, or answers. */
  be(what: 'well' | 'silent' | 'ignorant'): void
  /** Closes its port. */
  stop(): Promise<void>
  /** Opens it again. */
  start(): Promise<void>
}

export async function startNameServer(): Promise<NameServer> {
  let manner: Parameters<NameServer['be']>[0] = 'well'
  let asked = 0
  let socket: Socket
  let port = 0

  async function start(): Promise<void> {
    socket = createSocket('udp4')
    socket.on('message', (query, { port: from, address }) => {
      asked += 1
      if (manner !== 'silent') socket.send(answer(query, manner === 'well'), from, address)
    })
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    port = socket.address().port
  }

  await start()
  return {
    address: `127.0.0.1:${port}`,
    asked: () => asked,
    be(what) {
      manner = what
    },
    async stop() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
    start,
  }
}

/** The query's header and question again, and one record of type A: 10.1.2.3, for 0 seconds. */
function answer(query: Buffer, known: boolean): Buffer {
  const end = query.indexOf(0, HEADER) + 5
  const head = Buffer.from(query.subarray(0, end))
  head.writeUInt16BE(known ? 0x8180 : 0x8180 | NO_SUCH_NAME, 2)
  head.writeUInt16BE(known ? 1 : 0, 6)
  head.writeUInt32BE(0, 8)
  return known ? Buffer.concat([head, Buffer.from('c00c000100010000000000040a010203', 'hex')]) : head
}
