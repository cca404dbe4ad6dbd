import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

type Body = string | Readable | undefined

/** A request whose handler has been called and answers as the test says. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Gives the framework what it is to send; without a body, the test writes on `response` itself. */
  reply(body?: Body): void
  /** Makes the handler reject. */
  fail(error: Error): void
}

/** The calls of a handler, in the order they came. */
export class Calls {
  readonly #waiting: Call[] = []
  readonly #all: Call[] = []
  #wake: () => void = () => {}

  get count(): number {
    return this.#all.length
  }

  /** The handler itself. */
  take(request: IncomingMessage, response: ServerResponse): Promise<Body> {
    return new Promise((resolve, reject) => {
      const call: Call = { request, response, reply: resolve, fail: reject }
      this.#all.push(call)
      this.#waiting.push(call)
      this.#wake()
    })
  }

  /** The oldest call that no test has been given yet. */
  async next(): Promise<Call> {
    for (;;) {
      const call = this.#waiting.shift()
      if (call !== undefined) return call
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Leaves no handler waiting. */
  release(): void {
    for (const call of this.#all) call.reply()
  }
}
