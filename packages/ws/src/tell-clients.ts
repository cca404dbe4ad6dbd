import type { Duration, StageContext } from '@tidegate/core'

import { clientsOf } from './socket-io-server.ts'
import type { EngineServerLike, EngineSocketLike } from './socket-io-server.ts'
import { staggerWindow } from './stagger-window.ts'
import { stagger } from './stagger.ts'

/**
 * The connection below, not the Socket.IO socket: a client that is disconnected by `socket.disconnect()` or
 * `io.disconnectSockets()` takes that for the application's word, and does not come back.
 */
export function tellClient(client: EngineSocketLike): void {
  client.close()
}

/** Resolves when every client has been told to go; until they have gone, core waits for their connections. */
export async function tellClients(
  engine: EngineServerLike,
  given: Duration | false | undefined,
  { signal, remaining, logger }: StageContext,
): Promise<void> {
  const clients = clientsOf(engine)
  if (clients.length === 0) return
  let told = 0
  let stop = (): void => {}
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) return resolve()
    stop = stagger(clients, staggerWindow(given, remaining()), (client) => {
      tellClient(client)
      told++
      if (told === clients.length) resolve()
    })
  })
  stop()
  // In a hurry.
  if (signal.aborted) for (const client of clientsOf(engine)) client.close(true)
  logger.info({ told: clients.length }, `Socket.IO: ${clients.length} told to go`)
}
