// Holds a listening socket as systemd does, its file descriptor 3, and starts a service on it: one now, and another at
// each SIGHUP.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { say } from '../harness/say.js'

const service = fileURLToPath(new URL('handover.js', import.meta.url))
// Only the service itself knows its process id before it runs.
const underItsPid = 'export LISTEN_PID=$$; exec "$@"'

function start() {
  const child = spawn('sh', ['-c', underItsPid, 'sh', process.execPath, service], {
    stdio: ['ignore', 'inherit', 'inherit', 3],
    env: { ...process.env, LISTEN_FDS: '1' },
  })
  child.on('exit', (code, signal) => say('service exited', { pid: child.pid, code, signal }))
}
process.on('SIGHUP', start)
setInterval(() => {}, 60_000)
start()
