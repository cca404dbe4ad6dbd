// A server that leaves as soon as Node lets it.
import { createServer } from 'node:http'

const server = createServer((_request, response) => response.end('hello'))
server.listen(0, () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
