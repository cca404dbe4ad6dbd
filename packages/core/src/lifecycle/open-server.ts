import type { WebServer } from '../drain/watch-server.ts'
import type { ListenArguments } from './lifecycle.ts'

/** Opens the server's port; rejects with the server's own error (`EADDRINUSE`, `EACCES`). */
export function openServer(server: WebServer, where: ListenArguments): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off('error', settle)
      server.off('listening', settle)
      server.off('close', abort)
      if (error === undefined) resolve()
      else reject(error)
    }
    // `listen({ signal })` says no more than that.
    const abort = (): void => settle(new DOMException('the server was closed before its port was open', 'AbortError'))
    server.once('error', settle)
    server.once('listening', settle)
    server.once('close', abort)
    // net.Server#listen takes every form there is; its overloads cannot be spread into.
    ;(server.listen as (...args: readonly unknown[]) => WebServer).apply(server, where)
  })
}
