// The same server under a lifecycle that waits for nothing: no lame duck, no linger, no log.
import { createLifecycle } from '@tidegate/core'

const lifecycle = createLifecycle({ shutdown: { lameDuck: false, linger: false }, logger: false })
const server = await lifecycle.listen((_request, response) => response.end('hello'), 0)
const address = server.address()
console.log(typeof address === 'object' ? address?.port : address)
