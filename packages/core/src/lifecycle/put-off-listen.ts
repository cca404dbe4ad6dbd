import type { Server } from 'node:net'

import type { WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import type { Logger } from '../logger.ts'

export interface ClosedPort {
  /** Whether the port has to stay closed. */
  isClosed(): boolean
  /** Somebody wants the port: the warm-up may begin. */
  wanted(): void
  /** Resolves when the port may open; rejects when it never will. */
  untilOpen(): Promise<void>
  readonly logger: Logger
}

type Listen = (...where: unknown[]) => unknown

/** Puts the server's own `listen` off for as long as the port has to stay closed. Returns what puts it back. */
export function putOffListen(web: WebServer, { isClosed, wanted, untilOpen, logger }: ClosedPort): () => void {
  // Its overloads cannot be spread into.
  const server = web as Pick<Server, 'once' | 'off' | 'emit' | 'listenerCount'> & { listen: Listen }
  const inherited = !Object.hasOwn(server, 'listen')
  const { listen } = server
  let isPending = false

  const restore = (): void => {
    if (server.listen !== listenLate) return
    if (inherited) delete (server as { listen?: unknown }).listen
    else server.listen = listen
  }
  const fail = (error: unknown): void => {
    if (server.listenerCount('error') > 0) server.emit('error', error)
    // An error that nobody listens to would end the process, in the midst of a clean shutdown.
    else logger.warn({}, (error as Error).message)
  }
  const open = async (where: unknown[]): Promise<void> => {
    let wasClosed = false
    const onClose = (): void => {
      wasClosed = true
    }
    server.once('close', onClose)
    try {
      await untilOpen()
      if (!wasClosed) listen.apply(server, where)
    } catch (error) {
      fail(error)
    } finally {
      server.off('close', onClose)
      isPending = false
    }
  }
  const listenLate: Listen = (...where) => {
    if (isPending) {
      throw new LifecycleError(
        'TIDEGATE_PHASE',
        'listen() was called again while the first call waits until the service is ready: call it once',
      )
    }
    if (!isClosed()) return listen.apply(server, where)
    isPending = true
    wanted()
    void open(where)
    return server
  }

  server.listen = listenLate
  return restore
}
