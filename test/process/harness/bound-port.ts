import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface BoundPort {
  readonly port: number
  /** The file descriptor of its socket, for a child process; Node tells nobody, and hands it to children only by number. */
  readonly descriptor: number
  /** Leaves the socket to whoever has got its descriptor. */
  release(): void
}

/** Binds a port for a program that inherits it. */
export async function bindPort(): Promise<BoundPort> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { fd: descriptor } = Reflect.get(server, '_handle') as { fd: number }
  return { port, descriptor, release: () => server.close() }
}
