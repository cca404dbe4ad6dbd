import type { Lifecycle } from '@tidegate/core'
import type { FastifyInstance } from 'fastify'

/** Where `drainWebSockets` of @tidegate/ws says on a server which lifecycles it lets the clients go for. */
const DRAINED_BY: unique symbol = Symbol.for('tidegate.leave-hooks')

interface WebSocket {
  close(code: number): void
}

interface WebSocketServer {
  readonly clients?: Iterable<WebSocket>
  readonly [DRAINED_BY]?: { has(lifecycle: Lifecycle): boolean }
  on(event: 'connection', listener: (client: WebSocket) => void): unknown
}

/** What @fastify/websocket does in `preClose`, which comes only when the drain has waited for all of its clients. */
export function endWebSockets(lifecycle: Lifecycle, app: FastifyInstance): void {
  const { websocketServer: server } = app as { readonly websocketServer?: WebSocketServer }
  if (server === undefined) return
  lifecycle.addHook('leave', async function closeWebSockets() {
    if (server[DRAINED_BY]?.has(lifecycle)) return
    const goAway = (client: WebSocket): void => client.close(1001)
    server.on('connection', goAway)
    for (const client of server.clients ?? []) goAway(client)
  })
}
