// Its port was bound by whoever started it, and is its file descriptor 3.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({ shutdown: { lameDuck: false, linger: false } })
const server = await lifecycle.listen((_request, response) => response.end('served'), { fd: 3 })
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
