import { once } from 'node:events'
import type { Server } from 'node:net'

import { WebSocket } from 'ws'

/** A real client, and what it has heard. */
export interface Client {
  readonly socket: WebSocket
  readonly messages: readonly string[]
  /** Code and reason as the client has seen them: `'1001 bye'`. */
  readonly closed: Promise<string>
}

export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return address.port
}

/** Begins the handshake; `once(client.socket, 'open')` tells of its end. */
export function dial(port: number, path = '/'): Client {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  const messages: string[] = []
  socket.on('message', (data: Buffer) => messages.push(data.toString()))
  const closed = new Promise<string>((resolve) => {
    socket.on('close', (code, reason) => resolve(`${code} ${reason.toString()}`))
  })
  return { socket, messages, closed }
}

/** A client that is connected. */
export async function connectClient(port: number, path?: string): Promise<Client> {
  const client = dial(port, path)
  await once(client.socket, 'open')
  return client
}

export async function connectClients(count: number, port: number, path?: string): Promise<Client[]> {
  return Promise.all(Array.from({ length: count }, () => connectClient(port, path)))
}
