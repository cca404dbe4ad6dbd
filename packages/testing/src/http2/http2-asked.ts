import { constants } from 'node:http2'
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'

import type { Answer } from '../answer.ts'
import { within } from '../within.ts'

/** A request on a stream of its own, and what has come back on it. */
export class Http2Asked {
  /** Resolves when the stream has ended without an error code; rejects with how its stream ended otherwise. */
  readonly answer: Promise<Answer>
  readonly #stream: ClientHttp2Stream
  #headers: IncomingHttpHeaders | undefined
  #body = ''
  #isWhole = false

  constructor(stream: ClientHttp2Stream) {
    this.#stream = stream
    stream.setEncoding('utf8')
    stream.on('response', (headers) => {
      this.#headers = headers
    })
    stream.on('data', (text: string) => {
      this.#body += text
    })
    stream.once('end', () => {
      // What is aborted later is the rest of its upload.
      this.#isWhole = !stream.aborted
    })
    // Told by the code of the stream.
    stream.on('error', () => {})
    const closed = new Promise<Answer>((resolve, reject) => {
      stream.once('close', () => {
        const answer = this.#read()
        if (answer === undefined) reject(new Error(`the stream ended without a whole answer: ${this.#state()}`))
        else resolve(answer)
      })
    })
    this.answer = within(closed, () => `a whole answer: ${this.#state()}`)
    // A test that has failed by then does not wait for it any more.
    this.answer.catch(() => {})
  }

  /** Waits until this has come of the body. */
  async hear(text: string): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#body.includes(text)) resolve()
      }
      this.#stream.on('data', look)
      look()
    })
    await within(heard, () => `${JSON.stringify(text)}: ${this.#state()}`)
  }

  /** Takes no more of the body than Node itself holds for it. */
  stopReading(): void {
    this.#stream.pause()
  }

  /** Wants no answer any more. */
  reset(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL)
  }

  #read(): Answer | undefined {
    if (this.#headers === undefined || !this.#isWhole || this.#stream.rstCode !== constants.NGHTTP2_NO_ERROR) return
    const headers = Object.entries(this.#headers).map(([name, value]) => [name, String(value)] as const)
    return { status: Number(this.#headers[':status']), headers: new Map(headers), body: this.#body }
  }

  #state(): string {
    const heard = JSON.stringify(this.#body.slice(0, 500))
    return `code ${this.#stream.rstCode ?? 'none'}, status ${Number(this.#headers?.[':status'])}, heard ${heard}`
  }
}
