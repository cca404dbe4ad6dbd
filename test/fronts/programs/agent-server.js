// An instance that tells HAProxy's agent-check of itself. Arguments: its port, that of its agent, and how long its slow start
// takes, in ms. On its standard input it is told to `hold` and `release` itself, and to `break` and `mend` what it needs.
import { createInterface } from 'node:readline'

import { createLifecycle } from '@tidegate/core'
import { haproxyAgent } from '@tidegate/probes/haproxy'

const [port, agentPort, window] = process.argv.slice(2).map(Number)
let isBroken = false
let release = () => {}

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'postgres',
      check() {
        if (isBroken) throw new Error('connection refused')
      },
      health: { interval: 50, retryInterval: 50, fall: 1, rise: 1 },
    },
  ],
  slowStart: { window },
  // Its health check must not take it down while it drains.
  probes: { drainStatus: 200 },
  shutdown: { lameDuck: '5s' },
  logger: false,
})
const agent = haproxyAgent(lifecycle, { port: agentPort ?? 0, host: '127.0.0.1' })

const commands = createInterface(process.stdin)
commands.on('line', (command) => {
  if (command === 'hold') release = lifecycle.hold('deploying')
  else if (command === 'release') release()
  else isBroken = command === 'break'
})
// Whoever has started this process is gone.
commands.on('close', () => process.exit(1))

await lifecycle.listen((_request, response) => response.end('served'), port ?? 0, '127.0.0.1')
await Promise.all([agent.opened, lifecycle.whenReady()])
console.log('ready')
