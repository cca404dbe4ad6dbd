import { connect } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'

import type { ReadyRequest } from './read-request.ts'
import type { SelfAnswer, SelfClient } from './self-client.ts'
import type { SelfConnections } from './self-connections.ts'

/** Everything over one connection, as balancers and browsers do, and over another one when that has gone. */
export function createHttp2Client(connections: SelfConnections): SelfClient {
  let opening: Promise<ClientHttp2Session> | undefined
  let current: ClientHttp2Session | undefined

  async function open(): Promise<ClientHttp2Session> {
    const socket = await connections.next()
    const scheme = 'encrypted' in socket ? 'https' : 'http'
    current = connect(`${scheme}://localhost`, { createConnection: () => socket })
    // Whoever is asking hears of it by the stream.
    return current.on('error', () => {})
  }

  function session(): Promise<ClientHttp2Session> {
    if (current?.closed === true || current?.destroyed === true) {
      current = undefined
      opening = undefined
    }
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  return {
    ask: async (request, signal) => ask(await session(), request, signal),
    close() {
      current?.destroy()
      connections.close()
    },
  }
}

function ask(
  session: ClientHttp2Session,
  { method, path, headers: { host = 'localhost', ...headers }, body }: ReadyRequest,
  signal: AbortSignal,
): Promise<SelfAnswer> {
  return new Promise((resolve, reject) => {
    const head = { ':method': method, ':path': path, ':authority': host, ...headers }
    const stream = session.request(head, { endStream: body === undefined, signal })
    let answer: SelfAnswer = { status: 0, hasRetryAfter: false }
    let isWhole = false
    stream.on('response', (answered) => {
      answer = { status: answered[':status'] ?? 0, hasRetryAfter: 'retry-after' in answered }
    })
    stream.on('end', () => {
      isWhole = answer.status > 0 && stream.rstCode === 0
    })
    stream.on('error', reject)
    stream.on('close', () => {
      if (isWhole) resolve(answer)
      else reject(new Error('the stream was closed before the whole answer had come'))
    })
    stream.resume()
    if (body !== undefined) stream.end(body)
  })
}
