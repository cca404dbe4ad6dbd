import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** The way of one process to a server, which can be cut. */
export interface Cable {
  readonly port: number
  /** Resets what is open and refuses what comes. */
  cut(): Promise<void>
  mend(): Promise<void>
}

export async function layCable(to: { readonly host: string; readonly port: number }): Promise<Cable> {
  const ends = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    ends.add(socket)
    return socket.on('error', () => {}).on('close', () => ends.delete(socket))
  }
  const server = createServer((near) => {
    const far = keep(connect(to.port, to.host))
    keep(near).pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  const open = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await open(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    async cut() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const end of ends) end.resetAndDestroy()
      await closed
    },
    mend: () => open(port),
  }
}
