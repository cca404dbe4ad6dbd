import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { text } from 'node:stream/consumers'

import { AMPLE } from './limits.ts'

export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The body as JSON, when it is some. */
  readonly json: unknown
}

/** Asks over a connection of its own, which the answer closes. */
export async function ask(server: NetServer, path: string, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  const asked = request({ port, host: '127.0.0.1', path, method, agent: false, signal: AbortSignal.timeout(AMPLE) })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const body = await text(response)
  return { status: response.statusCode, headers: response.headers, body, json: toJson(body) }
}

function toJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
