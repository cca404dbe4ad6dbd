// An instance behind TLS, with ticket keys that it shares. Argument: the version of TLS. Tells its CPU time when it is asked.
import { createServer } from 'node:https'
import { cpuUsage } from 'node:process'

import { CERTIFICATE } from '@tidegate/certificate'
import { sharedTicketKeys } from '@tidegate/warm-up'

const version = /** @type {import('node:tls').SecureVersion} */ (process.argv[2])
const server = createServer({ ...CERTIFICATE, minVersion: version, maxVersion: version }, (_request, response) => {
  response.end('hello')
})
sharedTicketKeys(server, { key: 'a secret of thirty-two bytes and more' })
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : address)
})
process.on('message', () => {
  const { user, system } = cpuUsage()
  process.send?.((user + system) / 1_000)
})
process.on('disconnect', () => process.exit(0))
