// Answers in every way there is, most of it when the linger is over. The arguments: the framework, and the shutdown
// options as JSON.
import { readSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'

import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const [framework, options = '{}'] = process.argv.slice(2)
/** @type {{ serve: import('../harness/handler.ts').Serve }} */
const { serve } = await import(`./servers/${framework}.js`)

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', drain: async () => {}, close: async () => say('pool closed') }],
  shutdown: { gracePeriod: '20s', ...JSON.parse(options) },
})
/** @type {Promise<void>} */
const lingerOver = new Promise((resolve) => {
  lifecycle.on('drain', ({ step }) => step === 'linger-over' && resolve())
})

const server = await serve(lifecycle, async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://test')
  say('asked', { pathname })
  switch (pathname) {
    case '/':
      return 'served'
    case '/blocks':
      // The event loop stands still until standard input ends.
      readSync(0, Buffer.alloc(1))
      return 'served'
    case '/upload':
      return `read ${(await text(request)).length}`
    case '/hints':
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      break
    case '/keep-alive':
      response.setHeader('connection', 'keep-alive')
      break
    case '/large':
      return 'x'.repeat(8 * 1024 * 1024)
    case '/stream': {
      const body = new PassThrough()
      body.write('the ')
      void lingerOver.then(() => body.end('whole answer'))
      return body
    }
    case '/events':
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      return undefined
    case '/retried-events':
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      lifecycle.longLived(response, () => response.end('retry: 50\n\n'))
      return undefined
    case '/broken-events':
      response.writeHead(200, { 'content-length': '1000' })
      response.write('data: 1\n\n')
      return undefined
    case '/never':
      return new Promise(() => {})
  }
  await lingerOver
  return 'the whole answer'
})
for (const event of ['upgrade', 'connect']) {
  server.on(
    event,
    (/** @type {import('node:http').IncomingMessage} */ request, /** @type {import('node:net').Socket} */ socket) => {
      say('asked', { pathname: request.url })
      socket.write('HTTP/1.1 200 Yours\r\n\r\n')
      socket.pipe(socket, { end: false })
    },
  )
}
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
