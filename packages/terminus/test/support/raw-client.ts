import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

import { onTestFinished } from 'vitest'

/** A client that says exactly what it is told to, and keeps everything it hears. */
export interface RawClient {
  readonly socket: Socket
  readonly received: string
  /** Resolves with what was received when the server has ended the connection. */
  readonly ended: Promise<string>
  /** Resolves when `text` has been received `times` times. */
  hear(text: string, times?: number): Promise<void>
}

export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
  })
  // Cut at the limit is an end, too.
  const ended = new Promise<string>((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
  })
  await once(socket, 'connect')
  return {
    socket,
    ended,
    get received() {
      return received
    },
    async hear(text, times = 1) {
      while (received.split(text).length <= times) {
        if (socket.closed) throw new Error(`closed before it heard ${text}; it heard ${received}`)
        await Promise.race([once(socket, 'data'), ended])
      }
    },
  }
}

/** A request without a body. */
export function requestFor(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: test', ...headers, '', ''].join('\r\n')
}
