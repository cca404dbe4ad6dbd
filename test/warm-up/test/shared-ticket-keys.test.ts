import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'

import { describe, expect, onTestFinished, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../programs/tls-server.js', import.meta.url))
const SECRET = 'a secret of thirty-two bytes and more'

/** Starts an instance in a process of its own, and gives its port. */
async function start(...args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.stdin.end()
    await ended
  })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return Number(String(port))
}

/** Does a handshake, with what is left of another one if there is; what can be resumed, and whether this one was. */
async function handshake(port: number, kind: string, session?: Buffer): Promise<{ session: Buffer; resumed: boolean }> {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    ALPNProtocols: [kind === 'http2' ? 'h2' : 'http/1.1'],
    ...(session === undefined ? {} : { session }),
  })
  const ticket = once(socket, 'session')
  ticket.catch(() => {})
  await once(socket, 'secureConnect')
  const resumed = socket.isSessionReused()
  expect(socket.alpnProtocol).toBe(kind === 'http2' ? 'h2' : 'http/1.1')
  const [kept] = resumed ? [session] : await ticket
  socket.destroy()
  return { session: kept, resumed }
}

describe.each(['https', 'http2'])('over %s', (kind) => {
  test.each(['TLSv1.2', 'TLSv1.3'])(
    'a client resumes with a new process what it began with the old: %s',
    async (tls) => {
      const [old, young] = await Promise.all([
        start(kind, tls, SECRET, 'shop', 'old'),
        start(kind, tls, SECRET, 'shop', 'young'),
      ])
      const { session, resumed } = await handshake(old, kind)
      expect(resumed).toBe(false)
      expect((await handshake(young, kind, session)).resumed).toBe(true)
    },
  )

  test.each(['TLSv1.2', 'TLSv1.3'])('and does not without a secret that both have: %s', async (tls) => {
    const [old, young, other] = await Promise.all([
      start(kind, tls, SECRET, 'shop'),
      start(kind, tls, '', 'shop'),
      start(kind, tls, SECRET.toUpperCase(), 'shop'),
    ])
    const { session } = await handshake(old, kind)
    expect((await handshake(young, kind, session)).resumed).toBe(false)
    expect((await handshake(other, kind, session)).resumed).toBe(false)
    expect((await handshake(old, kind, session)).resumed).toBe(true)
  })

  test("without a sessionIdContext it is Node's hash of the command line, which has to be the same", async () => {
    const [old, same, other] = await Promise.all([
      start(kind, 'TLSv1.3', SECRET),
      start(kind, 'TLSv1.3', SECRET),
      start(kind, 'TLSv1.3', SECRET, '', 'with another argument'),
    ])
    const { session } = await handshake(old, kind)
    expect((await handshake(same, kind, session)).resumed).toBe(true)
    expect((await handshake(other, kind, session)).resumed).toBe(false)
  })
})
