import { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

type Exchange = ServerResponse | ServerHttp2Stream

/** Answers that have been begun and are not over yet. */
export class InFlight {
  readonly #answers = new Set<Exchange>()
  readonly #sockets = new WeakSet<Socket>()

  get size(): number {
    return this.#answers.size
  }

  add(exchange: Exchange): void {
    this.#answers.add(exchange)
    exchange.once('close', () => this.#answers.delete(exchange))
    if (exchange instanceof ServerResponse) this.#watch(exchange.req.socket)
  }

  /** On Node 20 and 22 what waits behind another answer of its connection never closes; the connection does. */
  #watch(socket: Socket): void {
    if (this.#sockets.has(socket)) return
    this.#sockets.add(socket)
    socket.once('close', () => {
      for (const answer of this.#answers) {
        if (answer instanceof ServerResponse && answer.req.socket === socket) this.#answers.delete(answer)
      }
    })
  }
}
