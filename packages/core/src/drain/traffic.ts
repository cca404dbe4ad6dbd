import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { beginResponse, CONNECTION, createConnection } from './connection.ts'
import type { Connection, ConnectionOwner, TrackedSocket } from './connection.ts'

/** What the drain does with connections while it runs; absent before, so that a request costs nothing for it. */
export interface TrafficObserver {
  /** A response has closed, and its connection may now be idle. */
  answered(connection: Connection, response: ServerResponse): void
  /** A connection is gone. */
  closed(connection: Connection): void
}

/** Who is connected to the lifecycle's servers, and what is in flight. It only counts. */
export class Traffic implements ConnectionOwner {
  readonly connections: Set<Connection> = new Set()
  /** Requests handed on and not yet answered to the last byte. */
  inFlight = 0
  /** Connections ever accepted. */
  accepted = 0
  observer: TrafficObserver | undefined

  open(socket: Socket): Connection {
    const connection = createConnection(this, socket)
    this.connections.add(connection)
    this.accepted++
    return connection
  }

  /** The connection of a socket, known from now on if it was opened before the server was attached. */
  of(socket: TrackedSocket): Connection {
    return socket[CONNECTION] ?? this.open(socket)
  }

  begin(connection: Connection, response: ServerResponse): void {
    this.inFlight++
    beginResponse(connection, response)
  }

  answered(connection: Connection, response: ServerResponse): void {
    this.inFlight--
    this.observer?.answered(connection, response)
  }

  closed(connection: Connection, unanswered: number): void {
    this.inFlight -= unanswered
    this.connections.delete(connection)
    this.observer?.closed(connection)
  }
}
