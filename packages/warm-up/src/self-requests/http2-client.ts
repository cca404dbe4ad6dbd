import { connect } from 'node:http2'
import type { Duplex } from 'node:stream'

import type { SelfClient } from './self-client.ts'

/** Everything over one connection, as balancers and browsers do. */
export function createHttp2Client(socket: Duplex): SelfClient {
  const scheme = 'encrypted' in socket ? 'https' : 'http'
  const session = connect(`${scheme}://localhost`, { createConnection: () => socket })
  // Whoever is asking hears of it by the stream.
  session.on('error', () => {})
  return {
    ask: ({ method, path, headers: { host = 'localhost', ...headers }, body }, signal) =>
      new Promise((resolve, reject) => {
        const head = { ':method': method, ':path': path, ':authority': host, ...headers }
        const stream = session.request(head, { endStream: body === undefined, signal })
        let status = 0
        let isWhole = false
        stream.on('response', (answered) => {
          status = answered[':status'] ?? 0
        })
        stream.on('end', () => {
          isWhole = status > 0 && stream.rstCode === 0
        })
        stream.on('error', reject)
        stream.on('close', () => {
          if (isWhole) resolve(status)
          else reject(new Error('the stream was closed before the whole answer had come'))
        })
        stream.resume()
        if (body !== undefined) stream.end(body)
      }),
    close() {
      session.destroy()
      socket.destroy()
    },
  }
}
