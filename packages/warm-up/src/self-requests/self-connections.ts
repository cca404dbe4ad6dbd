import type { Duplex } from 'node:stream'

/** The connections of one rehearsal: none of them outlives `close`, however late it is opened. */
export class SelfConnections {
  readonly #connect: () => Promise<Duplex>
  readonly #open = new Set<Duplex>()
  #unused: Duplex | undefined
  #isClosed = false

  /** @param first is given out before any other one is opened. */
  constructor(first: Duplex, connect: () => Promise<Duplex>) {
    this.#connect = connect
    this.#unused = this.#keep(first)
  }

  async next(): Promise<Duplex> {
    const unused = this.#unused
    this.#unused = undefined
    this.#refuseClosed()
    if (unused !== undefined && !unused.destroyed) return unused
    const socket = this.#keep(await this.#connect())
    if (this.#isClosed) socket.destroy()
    this.#refuseClosed()
    return socket
  }

  close(): void {
    this.#isClosed = true
    for (const socket of this.#open) socket.destroy()
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new Error('the requests to itself are over')
  }

  #keep(socket: Duplex): Duplex {
    this.#open.add(socket)
    return socket.once('close', () => this.#open.delete(socket))
  }
}
