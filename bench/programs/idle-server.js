// Prints its port, and after SIGTERM the CPU time that it took to let go of everybody. The argument says how it does that.
import { createServer } from 'node:http'

import { createLifecycle } from '@tidegate/core'

const server = createServer((_request, response) => response.end('hello'))
server.keepAliveTimeout = 600_000
/** @type {NodeJS.CpuUsage} */
let start
process.once('SIGTERM', () => {
  start = process.cpuUsage()
})

if (process.argv[2] === 'tidegate') {
  const lifecycle = createLifecycle({ shutdown: { lameDuck: false }, logger: false })
  lifecycle.on('stopped', report)
  await lifecycle.listen(server, 0, '127.0.0.1')
  await lifecycle.whenReady()
} else {
  server.listen(0, '127.0.0.1', print)
  process.on('SIGTERM', () => {
    server.close(report)
    server.closeAllConnections()
  })
}
if (server.listening) print()

function print() {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
}

function report() {
  const { user, system } = process.cpuUsage(start)
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000 }))
}
