// An HTTP/2 server. Its arguments are `cleartext` or `secure`, and its shutdown options, as JSON.
import { createSecureServer, createServer } from 'node:http2'

import { CERTIFICATE } from '@tidegate/certificate'
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const [kind, options = '{}'] = process.argv.slice(2)
const BUSY = 500
const LATER_MS = 20

const server = kind === 'secure' ? createSecureServer(CERTIFICATE) : createServer()
const lifecycle = createLifecycle({ shutdown: { lameDuck: false, linger: '300ms', ...JSON.parse(options) } })
let handled = 0

server.on('stream', (stream, headers) => {
  handled++
  say('asked')
  if (handled === BUSY) say('busy')
  const answer = () => {
    stream.respond({ ':status': 200 })
    stream.end('the whole answer')
  }
  if (headers[':path']?.startsWith('/waits')) {
    lifecycle.drainSignal.addEventListener('abort', () => setImmediate(answer))
  } else if (handled % 3 === 0) answer()
  else setTimeout(answer, LATER_MS)
})

lifecycle.on('stopped', () => say('over', { handled }))
await lifecycle.listen(server, 0, '127.0.0.1')
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
