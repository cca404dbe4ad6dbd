import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { CONNECTION, createConnection } from './connection.ts'
import type { Connection, TrackedSocket } from './connection.ts'

/** What the drain does with connections while it runs; absent before, so that a request costs nothing for it. */
export interface TrafficObserver {
  /** A response has closed, and its connection may now be idle. */
  answered(connection: Connection, response: ServerResponse): void
  /** A connection is gone. */
  closed(connection: Connection): void
}

/** Who is connected to the lifecycle's servers, and what is in flight. It only counts. */
export class Traffic {
  readonly connections: Set<Connection> = new Set()
  /** Requests handed on and not yet answered to the last byte. */
  inFlight = 0
  /** Connections ever accepted. */
  accepted = 0
  observer: TrafficObserver | undefined

  open(socket: Socket): Connection {
    const connection = createConnection(this, socket)
    connection.socket[CONNECTION] = connection
    this.connections.add(connection)
    this.accepted++
    socket.on('close', onSocketClose)
    return connection
  }

  /** The connection of a socket, known from now on if it was opened before the server was attached. */
  of(socket: TrackedSocket): Connection {
    return socket[CONNECTION] ?? this.open(socket)
  }

  begin(connection: Connection, response: ServerResponse): void {
    connection.responses.push(response)
    this.inFlight++
    response.on('close', onResponseClose)
  }
}

function onResponseClose(this: ServerResponse): void {
  const connection = (this.req.socket as TrackedSocket)[CONNECTION]
  if (connection === undefined) return
  const { responses, socket, traffic } = connection
  // Pipelined responses may close out of order when the client leaves; and what the socket's close has settled is gone.
  const index = responses[0] === this ? 0 : responses.indexOf(this)
  if (index < 0) return
  if (index === 0) responses.shift()
  else responses.splice(index, 1)
  connection.bytesRead = socket.bytesRead
  traffic.inFlight--
  traffic.observer?.answered(connection, this)
}

function onSocketClose(this: TrackedSocket): void {
  const connection = this[CONNECTION]
  if (connection === undefined) return
  const { responses, traffic } = connection
  // Node 20 and 22 never close the queued responses of a pipeline whose client has left.
  traffic.inFlight -= responses.length
  responses.length = 0
  traffic.connections.delete(connection)
  traffic.observer?.closed(connection)
}
