import { once } from 'node:events'
import { connect, constants, createServer } from 'node:http2'
import type { ClientHttp2Session, Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'

import { afterEach, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle } from '../../src/index.ts'

let lifecycle: Lifecycle
let server: Http2Server
let session: ClientHttp2Session

afterEach(async () => {
  session.destroy()
  await lifecycle.shutdown()
})

for (const whileWarming of ['reject', 'queue'] as const) {
  for (const path of ['/livez', '/']) {
    for (const code of [constants.NGHTTP2_CANCEL, constants.NGHTTP2_PROTOCOL_ERROR]) {
      test(`a stream for ${path} that is reset with code ${code} as soon as it is begun harms nobody, with '${whileWarming}'`, async () => {
        lifecycle = createLifecycle({
          dependencies: [{ name: 'never', warmUp: () => new Promise(() => {}) }],
          warmUp: { whileWarming },
          shutdown: { linger: false, signals: false, exit: false },
          logger: false,
        })
        server = await lifecycle.listen(createServer(), 0)
        session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
        await once(session, 'remoteSettings')
        for (let count = 0; count < 20; count++) {
          const stream = session.request({ ':path': path })
          stream.on('error', () => {})
          const closed = new Promise((resolve) => stream.on('close', resolve))
          stream.close(code)
          await closed
        }
        const probe = session.request({ ':path': '/livez' })
        const [headers] = (await once(probe, 'response')) as [{ readonly ':status': number }]
        expect(headers[':status']).toBe(200)
      })
    }
  }
}
