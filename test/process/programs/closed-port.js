// Keeps its port closed until it is ready, which it never is; the argument says by which server.
import { createServer } from 'node:http'

import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  warmUp: { whileWarming: 'closed' },
  dependencies: [
    {
      name: 'pool',
      warmUp: () => new Promise(() => {}),
      // Whatever ends the process before this has cut the shutdown.
      async close() {
        await new Promise((resolve) => setTimeout(resolve, 200))
        say('pool closed')
      },
    },
  ],
})
lifecycle.on('phase', ({ phase }) => phase === 'warming' && say(phase))
const server = createServer()
if (process.argv[2] === 'attach') lifecycle.attach(server).listen(0)
else await lifecycle.listen(server, 0)
