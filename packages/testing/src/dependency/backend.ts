import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'
import { pipeline } from 'node:stream'

import type { DependencyHands } from './dependency-factory.ts'

/** A server on a port of localhost, in the hands of a test. */
export interface Backend extends Pick<DependencyHands, 'freeze' | 'thaw' | 'stop' | 'start' | 'connections' | 'close'> {
  readonly port: number
}

/**
 * Below every system's ephemeral range: while it is stopped, no connection of anybody else's can be given its port, and a
 * client that tries to reconnect cannot end up connected to itself.
 */
const PORTS = [20_000, 32_000] as const
const ATTEMPTS = 50

/** Speaks with one client, on a connection that has just been made. */
type Serve = (socket: Socket) => void

/**
 * Opens a server that can be frozen, stopped and started again, whatever `serve` says on its connections: a fake of your
 * own, or {@link forwardTo} a real one. It never holds the process.
 */
export async function createBackend(serve: Serve): Promise<Backend> {
  const sockets = new Set<Socket>()
  /** Accepted while frozen; a frozen process has them in its queue, too. */
  const unserved = new Set<Socket>()
  let frozen = false

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.unref()
    socket.on('close', () => {
      sockets.delete(socket)
      unserved.delete(socket)
    })
    // The client may be gone in the midst of an answer.
    socket.on('error', () => {})
    if (frozen) unserved.add(socket)
    else serve(socket)
  })
  server.unref()
  const listen = async (port: number): Promise<void> => {
    await once(server.listen(port, 'localhost'), 'listening')
  }
  const listenAnywhere = async (attempt = 1): Promise<number> => {
    const port = randomInt(...PORTS)
    try {
      await listen(port)
      return port
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      return listenAnywhere(attempt + 1)
    }
  }
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  const port = await listenAnywhere()
  return {
    port,
    async freeze() {
      frozen = true
      for (const socket of sockets) socket.pause()
    },
    async thaw() {
      frozen = false
      for (const socket of sockets) socket.resume()
      for (const socket of unserved) serve(socket)
      unserved.clear()
    },
    stop,
    async start() {
      await listen(port)
    },
    async connections() {
      return sockets.size
    },
    close: stop,
  }
}

/** For {@link createBackend}: hands everything on to a real server and back, for one that cannot be stopped itself. */
export function forwardTo(server: NetConnectOpts): Serve {
  return (socket) => {
    const upstream = connect(server).unref()
    // Either side may go first; the other goes with it.
    pipeline(socket, upstream, socket, () => {})
  }
}
