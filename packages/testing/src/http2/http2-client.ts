import { once } from 'node:events'
import { connect as connectSession } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { connect } from 'node:net'
import { connect as connectSecure } from 'node:tls'

import type { Answer } from '../answer.ts'
import type { Address } from '../client.ts'
import { within } from '../within.ts'
import { Http2Asked } from './http2-asked.ts'

/** A session of Node's own client, which ends when the server has told it to go and its last stream is over. */
export class Http2Client {
  readonly #session: ClientHttp2Session
  readonly #toldToGo: Promise<number>
  readonly #closed: Promise<void>

  private constructor(session: ClientHttp2Session) {
    this.#session = session
    // Whoever waits for an answer hears of it from its stream.
    session.on('error', () => {})
    this.#toldToGo = new Promise((resolve) => {
      session.once('goaway', resolve)
    })
    this.#closed = new Promise((resolve) => {
      session.once('close', resolve)
    })
  }

  /** Resolves when the server has taken the session up. */
  static async open({ socket: where, secure }: Address): Promise<Http2Client> {
    const session = connectSession(secure ? 'https://test' : 'http://test', {
      createConnection: () =>
        secure ? connectSecure({ ...where, ALPNProtocols: ['h2'], rejectUnauthorized: false }) : connect(where),
    })
    const client = new Http2Client(session)
    await within(once(session, 'remoteSettings'), () => 'a session')
    return client
  }

  /** The code of the first GOAWAY. */
  get toldToGo(): Promise<number> {
    return within(this.#toldToGo, () => 'a GOAWAY')
  }

  get closed(): Promise<void> {
    return within(this.#closed, () => 'the end of the session')
  }

  /** Sends a request without a body: `'GET /path'`. */
  send(target: string, headers: Readonly<Record<string, string>> = {}): Http2Asked {
    // Node would leave the stream of an OPTIONS open for a body.
    return new Http2Asked(this.#request(target, headers, true))
  }

  /** Sends a request and a part of its body, and never the rest. */
  beginUpload(target: string, part: string): Http2Asked {
    const stream = this.#request(target, { 'content-type': 'application/octet-stream' }, false)
    stream.write(part)
    return new Http2Asked(stream)
  }

  /** The same, and reads its answer. */
  ask(target: string): Promise<Answer> {
    return this.send(target).answer
  }

  /** Goes away without a word. */
  leave(): void {
    this.#session.destroy()
  }

  #request(target: string, headers: Readonly<Record<string, string>>, endStream: boolean): ClientHttp2Stream {
    const [method = '', path = ''] = target.split(' ')
    return this.#session.request({ ...headers, ':method': method, ':path': path }, { endStream })
  }
}
