import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { openServer } from '../lifecycle/open-server.ts'
import type { Logger } from '../logger.ts'
import { notAProbe } from './answers/probe-answer.ts'
import { writeAnswer } from './answers/write-answer.ts'
import { RequestProber } from './probers/prober.ts'
import type { Probes } from './probes.ts'

export interface ProbeServerInit {
  readonly port: number
  /** `undefined`: every address, as `net.Server#listen` has it. */
  readonly host: string | undefined
  readonly probes: Probes
  readonly logger: Logger
}

/** How long an answer that is still on its way may take when everything else has ended. */
const FLUSH_MS = 100

/** Answers probes and nothing else, from the lifecycle's start until everything else has closed. No traffic, no gate. */
export class ProbeServer {
  readonly #init: ProbeServerInit
  readonly #server: Server
  #opening: Promise<void> | undefined
  #isClosed = false

  constructor(init: ProbeServerInit) {
    this.#init = init
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  /** The port it is open on. */
  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port
  }

  /** Opens the port, once. Rejects with the reason's own code (`EADDRINUSE`, `EACCES`), and can be called again then. */
  open(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    this.#opening ??= this.#listen().catch((error: unknown) => {
      this.#opening = undefined
      throw this.#explain(error)
    })
    return this.#opening
  }

  /** Says of another server's error when it is this one that holds the port. */
  explainTaken(error: unknown): unknown {
    const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number }
    if (code !== 'EADDRINUSE' || port === undefined || port !== this.port) return error
    const message = `listen(): port ${port} is taken (${code}) by the lifecycle's own probe server, as probes.port says; give the application another port, or leave probes.port out: probes are answered on the application's port as well`
    return Object.assign(new Error(message, { cause: error }), { code, port })
  }

  /** Puts it back as it was before `open()`. */
  async closeAgain(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    await opening?.catch(() => {})
    await this.#close()
  }

  /** Closes the port for good. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.catch(() => {})
    await this.#close()
  }

  async #listen(): Promise<void> {
    const { port, host, logger } = this.#init
    await openServer(this.#server, [{ port, ...(host !== undefined && { host }) }])
    logger.info({ port: this.port, host }, 'probes are answered on a port of their own')
  }

  async #close(): Promise<void> {
    const server = this.#server
    if (!server.listening) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const force = setTimeout(() => server.closeAllConnections(), FLUSH_MS)
    await closed
    clearTimeout(force)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers, socket } = request
    const { probes } = this.#init
    const target = probes.match(url)
    const answer =
      target === undefined ? notAProbe() : probes.answer(new RequestProber(target, method, url, headers, socket, true))
    writeAnswer(response, answer, method)
  }

  #explain(error: unknown): unknown {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return error
    const { port, host } = this.#init
    const where = host === undefined ? `port ${port}` : `${host}:${port}`
    const message = `probes.port: ${where} cannot be opened (${code}): ${ADVICE[code]}`
    return Object.assign(new Error(message, { cause: error }), { code, port })
  }
}

const ADVICE = {
  EADDRINUSE: 'somebody listens there already; give probes.port a port of its own, not that of the application',
  EACCES: 'this process may not; give probes.port a port above 1023',
  EADDRNOTAVAIL: 'probes.host is no address of this machine',
} as const
