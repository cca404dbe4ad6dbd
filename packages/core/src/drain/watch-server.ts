import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Socket } from 'node:net'

import type { Traffic } from './traffic.ts'

export interface ServerWatcher {
  /** The port has opened. */
  listening(): void
  /** A request has been parsed. True when it has been answered, or must not reach the application. */
  intercept(request: IncomingMessage, response: ServerResponse): boolean
}

export interface WatchedServer {
  readonly server: Server
  /** Stops listening; what is connected stays connected. */
  stopListening(): void
  /** Lets Node clean up after the last connection has gone. */
  release(): void
  /** Puts the server back as it was. */
  unwatch(): void
}

/**
 * Sees everything a server emits before its listeners do, by wrapping `emit`: adding listeners for `checkContinue`,
 * `checkExpectation` or `upgrade` would change what Node does with such requests.
 */
export function watchServer(server: Server, traffic: Traffic, watcher: ServerWatcher): WatchedServer {
  const inherited = !Object.hasOwn(server, 'emit')
  const emit = server.emit as (event: string, first?: unknown, second?: unknown, third?: unknown) => boolean
  let released = false

  // Fixed parameters: rest parameters cost three times as much on every request.
  function watchedEmit(this: Server, event: string, first?: unknown, second?: unknown, third?: unknown): boolean {
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        if (watcher.intercept(first as IncomingMessage, second as ServerResponse)) return true
        break
      case 'connection':
        traffic.open(first as Socket)
        break
      case 'upgrade':
      case 'connect':
        traffic.of((first as IncomingMessage).socket).upgraded = true
        break
      case 'listening':
        watcher.listening()
        break
      case 'close':
        // The application has heard it already when the last connection went.
        if (released) return false
        break
    }
    return emit.call(this, event, first, second, third)
  }

  server.emit = watchedEmit as Server['emit']

  return {
    server,
    stopListening() {
      // http's own close() also destroys every socket whose answer is still being flushed to a slow reader.
      if (server.listening) NetServer.prototype.close.call(server)
    },
    release() {
      if (released) return
      released = true
      // Clears http's connection timer, without which the server is never collected; nothing is left to be cut.
      server.close(() => {})
    },
    unwatch() {
      if (server.emit !== watchedEmit) return
      if (inherited) delete (server as { emit?: unknown }).emit
      else server.emit = emit as Server['emit']
    },
  }
}
