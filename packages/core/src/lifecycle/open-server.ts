import type { WebServer } from '../drain/watch-server.ts'
import type { ListenArguments } from './lifecycle.ts'

/** Opens the server's port; rejects with the server's own error (`EADDRINUSE`, `EACCES`). */
export function openServer(server: WebServer, where: ListenArguments): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off('error', settle)
      server.off('listening', settle)
      if (error === undefined) resolve()
      else reject(error)
    }
    server.once('error', settle)
    server.once('listening', settle)
    // net.Server#listen takes every form there is; its overloads cannot be spread into.
    ;(server.listen as (...args: readonly unknown[]) => WebServer).apply(server, where)
  })
}
