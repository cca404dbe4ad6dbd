// One instance behind TLS. Arguments: `https` or `http2`, the version of TLS, the shared secret or nothing, the
// `sessionIdContext` or nothing, and whatever else tells instances apart.
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'

import { CERTIFICATE } from '@tidegate/certificate'
import { sharedTicketKeys } from '@tidegate/warm-up'

const [kind, version, key, context] = process.argv.slice(2)
const tls = /** @type {import('node:tls').SecureVersion} */ (version)
const options = { ...CERTIFICATE, minVersion: tls, maxVersion: tls, ...(context && { sessionIdContext: context }) }
const server =
  kind === 'http2'
    ? createSecureServer(options, (_request, response) => response.end('served'))
    : createServer(options, (_request, response) => response.end('served'))
if (key) sharedTicketKeys(server, { key })

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
// Whoever has started this process is gone.
process.stdin.on('end', () => process.exit(0)).resume()
