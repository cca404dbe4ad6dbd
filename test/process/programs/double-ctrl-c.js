// Gets every Ctrl-C twice, as from a package manager.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({ shutdown: { lameDuck: false, linger: '100ms' } })
let finish = () => {}
const server = await lifecycle.listen(
  (_request, response) => {
    finish = () => response.end('the whole answer')
    say('asked')
  },
  0,
  '127.0.0.1',
)
let times = 0
process.on('SIGINT', () => {
  times++
  if (times === 1) process.kill(process.pid, 'SIGINT')
  else setTimeout(finish, 100)
})
say('listening', { port: portOf(server) })
