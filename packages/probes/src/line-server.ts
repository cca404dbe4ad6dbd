import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface LineServerInit {
  /** Who it is, for errors. */
  readonly name: string
  readonly port: number
  /** `undefined`: every address, as `net.Server#listen` has it. */
  readonly host: string | undefined
  line(): string
}

/** So long a client may take to end its side; what it sends meanwhile is dropped. */
const LIMIT_MS = 1_000
/** With more of them the oldest has to go: a client that connects without end must not shut the balancer out. */
const MOST_CLIENTS = 64

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody listens there already; give it a port of its own',
  EACCES: 'this process may not; give it a port above 1023',
  EADDRNOTAVAIL: 'the host is no address of this machine',
}

/** Tells everybody who connects one line, whatever they say, and ends the connection. */
export class LineServer {
  readonly #init: LineServerInit
  readonly #server: Server
  /** The oldest first. */
  readonly #clients = new Set<Socket>()
  #opening: Promise<void> | undefined

  constructor(init: LineServerInit) {
    this.#init = init
    this.#server = createServer((socket) => this.#answer(socket))
  }

  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port
  }

  /** Opens the port, once. Rejects with the reason's own code (`EADDRINUSE`, `EACCES`), or when it was closed before. */
  open(): Promise<void> {
    this.#opening ??= this.#listen()
    return this.#opening
  }

  /** Closes the port for good. */
  async close(): Promise<void> {
    this.#opening ??= Promise.reject(new Error(`${this.#init.name} was closed before its port was open`))
    const isOpen = await this.#opening.then(
      () => this.#server.listening,
      () => false,
    )
    if (!isOpen) return
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      for (const client of this.#clients) client.destroySoon()
    })
  }

  #listen(): Promise<void> {
    const { port, host } = this.#init
    return new Promise((resolve, reject) => {
      // Later ones are of connections that could not be accepted, and must not end the process.
      this.#server.on('error', (error) => reject(this.#explain(error)))
      this.#server.listen({ port, ...(host !== undefined && { host }) }, resolve)
    })
  }

  #answer(socket: Socket): void {
    const clients = this.#clients
    const [oldest] = clients
    if (oldest !== undefined && clients.size >= MOST_CLIENTS) {
      clients.delete(oldest)
      oldest.destroy()
    }
    clients.add(socket)
    const timer = setTimeout(() => socket.destroy(), LIMIT_MS)
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      clients.delete(socket)
    })
    socket.resume()
    socket.end(`${this.#init.line()}\n`)
  }

  #explain(error: Error): Error {
    const { code = '' } = error as NodeJS.ErrnoException
    const advice = ADVICE[code]
    if (advice === undefined) return error
    const { name, port, host } = this.#init
    const where = host === undefined ? `port ${port}` : `${host}:${port}`
    return Object.assign(new Error(`${name}: ${where} cannot be opened (${code}): ${advice}`, { cause: error }), {
      code,
      port,
    })
  }
}
