import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { onTestFinished } from 'vitest'

import type { TerminusOptions } from '../../src/index.ts'
import { OURS } from './implementations.ts'
import type { Implementation } from './implementations.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Served {
  readonly server: Server | Http2Server
  readonly port: number
  ask(path: string, method?: string): Promise<Answer>
  /** Begins the shutdown, as its first signal would. */
  signal(): void
  /** Takes the server and its signal handlers away. */
  close(): Promise<void>
}

export interface ServeSetup {
  readonly implementation?: Implementation
  readonly options?: TerminusOptions
  /** Default: answers `app`. */
  readonly listener?: RequestListener | undefined
}

const app: RequestListener = (_request, response) => response.end('app')

/** Runs a server in this process, and takes its signal handlers away at the end of the test. */
export async function serve({ implementation = OURS, options, listener = app }: ServeSetup = {}): Promise<Served> {
  return listenTo(createServer(listener), implementation, options)
}

export async function listenTo<S extends Server | Http2Server>(
  server: S,
  { createTerminus }: Implementation,
  options?: TerminusOptions,
): Promise<Served & { server: S }> {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]))
  createTerminus(server, options)
  const added = SIGNALS.flatMap((signal) =>
    process
      .listeners(signal)
      .filter((listener) => before.get(signal)?.includes(listener) === false)
      .map((listener) => ({ signal, listener })),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let isClosed = false
  const close = async (): Promise<void> => {
    if (isClosed) return
    isClosed = true
    for (const { signal, listener } of added) process.off(signal, listener)
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  }
  onTestFinished(close)
  return {
    server,
    port,
    ask: (path, method = 'GET') => ask(port, path, method),
    signal() {
      for (const { signal, listener } of added.slice(0, 1)) listener(signal)
    },
    close,
  }
}

/** Whose default is to be ignored: a shutdown that ends by it leaves the process of the tests alone. */
export const HARMLESS = 'SIGWINCH'

/** Resolves at the end that a process would die of, `HARMLESS`: until then it may still reach the next server. */
export async function untilEnd(): Promise<void> {
  await once(process, HARMLESS)
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', HARMLESS]

async function ask(port: number, path: string, method: string): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, agent: false }).end()
  const [response] = await once(request, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}
