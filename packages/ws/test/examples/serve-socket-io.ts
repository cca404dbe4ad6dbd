import { createServer } from 'node:http'

import type { Lifecycle } from '@tidegate/core'
import { drainSocketIO } from '@tidegate/ws'
import { Server } from 'socket.io'

export async function serveSocketIO(lifecycle: Lifecycle, port: number): Promise<Server> {
  const server = createServer()
  const io = new Server(server)
  drainSocketIO(lifecycle, io)
  lifecycle.addHook('close', () => io.close()) // last of all: its adapter
  await lifecycle.listen(server, port)
  return io
}
