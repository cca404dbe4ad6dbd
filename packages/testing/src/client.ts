import { once } from 'node:events'
import { connect } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'

import { announcedLength, readAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { turn } from './turn.ts'
import { within } from './within.ts'

/** Where a server is reached. */
export interface Address {
  readonly socket: NetConnectOpts
  /** Whether it speaks TLS. */
  readonly secure: boolean
}

/**
 * A client on a real socket that says exactly what it is told to, keeps everything it hears, and never hangs up because
 * the server did: a server that only half-closes is left waiting, as it would be by a lost peer.
 */
export class Client {
  /** `'end'` when the server has ended the connection, or the code of the error that did. */
  readonly closed: Promise<string>
  readonly #socket: Socket
  #heard = ''
  #read = 0
  #over: string | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#heard += text
    })
    this.closed = new Promise((resolve) => {
      const settle = (how: string): void => {
        this.#over ??= how
        resolve(how)
      }
      socket.once('end', () => settle('end'))
      socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message))
      socket.once('close', () => settle('close'))
    })
  }

  /** Rejects with the socket's own error (`ECONNREFUSED`). */
  static async connect({ socket: where, secure }: Address): Promise<Client> {
    const options = { ...where, allowHalfOpen: true }
    const socket = secure
      ? connectSecure({ ...options, ALPNProtocols: ['http/1.1'], rejectUnauthorized: false })
      : connect(options)
    await within(once(socket, secure ? 'secureConnect' : 'connect'), () => 'a connection')
    return new Client(socket)
  }

  /** Everything it has heard, as latin1. */
  get heard(): string {
    return this.#heard
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  /** Sends, and waits until it has gone out and the server has had a turn. Rejects when the connection is gone. */
  async deliver(text: string): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => {
      this.#socket.write(text, 'latin1', (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
    await within(sent, () => `${text.length} bytes to be sent`)
    await turn()
  }

  /** Sends a request without a body, `'GET /path'`, and reads its answer. */
  ask(target: string): Promise<Answer> {
    this.send(request(target))
    const answer = this.answer({ withoutBody: target.startsWith('HEAD ') })
    // A test that has failed by then does not wait for it any more.
    answer.catch(() => {})
    return answer
  }

  /** The next answer, to its last byte. */
  async answer(expected: { readonly withoutBody: boolean } = { withoutBody: false }): Promise<Answer> {
    let needed = 0
    for (;;) {
      // Megabytes come in thousands of pieces, and reading them all again for each would take longer than they do.
      if (this.#heard.length >= this.#read + needed) {
        const text = this.#heard.slice(this.#read)
        const found = readAnswer(text, expected)
        if (found !== undefined) {
          this.#read += found.length
          return found.answer
        }
        needed = announcedLength(text) ?? 0
      }
      await this.#more('a whole answer')
    }
  }

  /** Waits until it has heard this. */
  async hear(text: string): Promise<void> {
    while (!this.#heard.includes(text)) await this.#more(JSON.stringify(text))
  }

  /** Reads no more, so that answers fill the buffers between here and the server. */
  stopReading(): void {
    this.#socket.pause()
  }

  readOn(): void {
    this.#socket.resume()
  }

  /** Goes away without a word. */
  leave(): void {
    this.#socket.destroy()
  }

  async #more(what: string): Promise<void> {
    const soFar = (): string => JSON.stringify(this.#heard.slice(0, 500))
    if (this.#over !== undefined) throw new Error(`closed (${this.#over}) before it heard ${what}; it heard ${soFar()}`)
    const change = new Promise<void>((resolve) => {
      this.#socket.once('data', () => resolve())
    })
    await within(Promise.race([change, this.closed]), () => `${what}; heard ${soFar()}`)
  }
}

/** A request without a body, as bytes: `'GET /path'` and header lines. */
export function request(target: string, ...headers: string[]): string {
  return [`${target} HTTP/1.1`, 'Host: test', ...headers, '', ''].join('\r\n')
}

/** The head of a request whose body the test sends itself. */
export function upload(target: string, length: number): string {
  return request(target, 'Content-Type: application/octet-stream', `Content-Length: ${length}`)
}
