import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('programs/start-all.js', import.meta.url))

it('ends the servers of a process that was killed', async () => {
  const parent = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [output] = await once(parent.stdout.setEncoding('utf8'), 'data')
  const ports: number[] = JSON.parse(output)
  expect(ports).toHaveLength(4)

  const sockets = ports.map((port) => connect(port, '127.0.0.1').on('error', () => {}))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  // Not by `once`, which an 'error' rejects: the frozen server has accepted nobody, and its end resets those who wait.
  const closed = Promise.all(
    sockets.map((socket) => new Promise((resolve) => void socket.resume().on('close', resolve))),
  )
  parent.kill('SIGKILL')
  await closed
})
