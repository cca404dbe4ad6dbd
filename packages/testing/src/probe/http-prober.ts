import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Client } from '../client.ts'
import { toProber } from './prober.ts'
import type { Prober } from './prober.ts'

/** Opens the server, unless it is open, and asks over a connection of its own each time. */
export async function createHttpProber(server: Server): Promise<Prober> {
  if (!server.listening) await once(server.listen(0, 'localhost'), 'listening')
  const { port } = server.address() as AddressInfo
  const prober = toProber(async (path) => {
    const client = await Client.connect({ socket: { host: 'localhost', port }, secure: false })
    try {
      return (await client.ask(`GET ${path}`)).status
    } finally {
      client.leave()
    }
  })
  return {
    ...prober,
    async close() {
      // One that nobody asked is not known to the lifecycle.
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}
