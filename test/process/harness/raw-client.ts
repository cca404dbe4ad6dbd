import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A client that says exactly what it is told to, and keeps everything it hears. */
export interface RawClient {
  readonly socket: Socket
  readonly received: string
  /** `'end'` when the server has ended the connection, or the code of the error. */
  readonly closed: Promise<string>
  send(text: string): void
  /** Resolves when `text` has been received `times` times. */
  hear(text: string, times?: number): Promise<void>
}

export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  let failure: string | undefined
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? error.message
  })
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(failure ?? 'end'))
  })
  await once(socket, 'connect')
  const hasHeard = (text: string, times: number): boolean => received.split(text).length > times
  return {
    socket,
    closed,
    get received() {
      return received
    },
    send(text) {
      socket.write(text)
    },
    async hear(text, times = 1) {
      while (!hasHeard(text, times)) {
        const how = await Promise.race([once(socket, 'data'), closed])
        if (typeof how === 'string' && !hasHeard(text, times))
          throw new Error(`closed (${how}) before it heard ${JSON.stringify(text)}, but ${JSON.stringify(received)}`)
      }
    },
  }
}

/** A request without a body: `'GET /path'` and header lines. */
export function request(target: string, ...headers: string[]): string {
  return [`${target} HTTP/1.1`, 'Host: test', ...headers, '', ''].join('\r\n')
}
