import { once } from 'node:events'

import { describe, expect } from 'vitest'
import { WebSocket } from 'ws'

import { failureOf } from '../harness/failure-of.ts'
import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

async function connect(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(socket, 'open')
  return socket
}

describe.concurrent('a server of WebSockets', () => {
  it('closes each with 1001 on SIGTERM when the port is closed, and exits with 0', async ({ spawnProgram }) => {
    const program = spawnProgram('websockets')
    const port = await program.port()
    const clients = await Promise.all([connect(port), connect(port), connect(port)])
    const outcomes = clients.map(async (socket) => {
      const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
      return { code, reason: reason.toString(), again: await failureOf(connect(port)) }
    })

    program.signal('SIGTERM')

    for (const outcome of outcomes) {
      expect(await outcome).toEqual({ code: 1001, reason: 'the server is shutting down', again: 'ECONNREFUSED' })
    }
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.spokenOn('stdout').map(({ msg, phase }) => [msg, phase])).toEqual([
      ['listening', undefined],
      ...clients.map(() => ['client closed', 'draining']),
      ['pool closed', undefined],
    ])
    expect(await program.line('WebSockets: 3 closed')).toMatchObject({ level: 'info', closed: 3, terminated: 0 })
    expect(await recordOf(program)).toMatchObject({
      longLived: { open: 3, ended: 0, cut: 0 },
      steps: [{ step: 'leave', name: 'drain WebSockets', outcome: 'done' }, { step: 'close' }],
      exitCode: 0,
    })
  })

  it('exits with 0 within longLived when a client does not answer', async ({ spawnProgram }) => {
    const program = spawnProgram('websockets', { args: ['{ "longLived": "3s" }'] })
    const client = await connect(await program.port())
    client.pause()

    program.signal('SIGTERM')

    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    client.terminate()
    expect(program.said('WebSockets: 0 closed, 1 terminated, which had not answered the close frame in time')).toBe(
      true,
    )
    expect(await recordOf(program)).toMatchObject({ longLived: { open: 1, ended: 0, cut: 0 }, exitCode: 0 })
  })

  it('waits for no answer any more on a second Ctrl-C', async ({ spawnProgram }) => {
    const program = spawnProgram('websockets', { args: ['{ "gracePeriod": "10m" }'] })
    const client = await connect(await program.port())
    client.pause()

    program.signal('SIGINT')
    await program.line('later')
    expect(program.said('pool closed')).toBe(false)
    program.signal('SIGINT')

    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    client.terminate()
    expect(program.said('WebSockets: 0 closed, 1 terminated, in a hurry')).toBe(true)
    expect((await recordOf(program)).steps[0]).toMatchObject({ name: 'drain WebSockets', outcome: 'done' })
  })
})
