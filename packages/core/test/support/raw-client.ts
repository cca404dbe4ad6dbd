import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A client that says exactly what it is told to, and keeps everything it hears. */
export interface RawClient {
  readonly socket: Socket
  readonly received: string
  readonly ended: boolean
  /** `'end'` when the server ended it, or the code of the error. */
  readonly closed: Promise<string>
  send(text: string): void
  /** Resolves when `text` has been received `times` times. */
  hear(text: string, times?: number): Promise<void>
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

export async function connectRaw(server: Server): Promise<RawClient> {
  const socket = connect(portOf(server), '127.0.0.1')
  let received = ''
  let failure: string | undefined
  let ended = false
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('end', () => {
    ended = true
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? error.message
  })
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(failure ?? 'end'))
  })
  await once(socket, 'connect')
  return {
    socket,
    closed,
    get received() {
      return received
    },
    get ended() {
      return ended
    },
    send(text) {
      socket.write(text)
    },
    async hear(text, times = 1) {
      while (received.split(text).length <= times) {
        await Promise.race([
          once(socket, 'data'),
          closed.then((how) => {
            if (received.split(text).length > times) return
            throw new Error(
              `closed (${how}) before it heard ${JSON.stringify(text)}; it heard ${JSON.stringify(received)}`,
            )
          }),
        ])
      }
    },
  }
}

/** A request without a body. */
export function get(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: test', ...headers, '', ''].join('\r\n')
}
