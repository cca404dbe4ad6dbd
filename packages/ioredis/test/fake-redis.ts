import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'

export interface FakeRedis {
  readonly port: number
  /** What each connection has sent so far, in the order they were opened; commands in lower case. */
  readonly connections: readonly string[][]
  /** What PING is answered from now on: `PONG`, or the text of an error. */
  ping: string
  /** What INFO reports. */
  info: string
  close(): Promise<void>
}

/** A server for the states that a real one cannot be put into on demand. Speaks just enough of RESP2 for ioredis. */
export async function startFakeRedis(ping = 'PONG'): Promise<FakeRedis> {
  const connections: string[][] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const commands: string[] = []
    connections.push(commands)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    let unread = ''
    socket.on('data', (data) => {
      unread += data.toString('latin1')
      for (let command = takeCommand(); command !== undefined; command = takeCommand()) {
        commands.push(command)
        socket.write(answer(command))
        if (command === 'quit') socket.end()
      }
    })
    function takeCommand(): string | undefined {
      // Whole bulk strings are found by their lengths, as the argument count says.
      const header = /^\*(\d+)\r\n/.exec(unread)
      if (!header) return undefined
      const words: string[] = []
      let at = header[0].length
      while (words.length < Number(header[1])) {
        const size = /^\$(\d+)\r\n/.exec(unread.slice(at))
        if (!size) return undefined
        const start = at + size[0].length
        at = start + Number(size[1]) + 2
        if (unread.length < at) return undefined
        words.push(unread.slice(start, at - 2))
      }
      unread = unread.slice(at)
      return words.join(' ').toLowerCase()
    }
  })
  function answer(command: string): string {
    if (command === 'ping') return fake.ping === 'PONG' ? '+PONG\r\n' : `-${fake.ping}\r\n`
    if (command.startsWith('info')) return `$${fake.info.length}\r\n${fake.info}\r\n`
    return '+OK\r\n'
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  const fake: FakeRedis = {
    port: (server.address() as AddressInfo).port,
    connections,
    ping,
    info: 'loading:0\r\n',
    async close() {
      if (!server.listening) return
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return fake
}
