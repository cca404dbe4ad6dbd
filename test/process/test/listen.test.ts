import { describe, expect } from 'vitest'

import { bindPort } from '../harness/bound-port.ts'
import { it } from '../harness/it.ts'

describe.concurrent('listen() on a port that is taken', () => {
  it('rejects with EADDRINUSE and leaves nothing running', async ({ spawnProgram }) => {
    const program = spawnProgram('port-in-use')
    expect(await program.line('refused')).toMatchObject({ code: 'EADDRINUSE', handlers: 0, phase: 'idle' })
    expect(await program.line('nothing left to do')).toMatchObject({ resources: [] })
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.said('pool begun')).toBe(false)
  })

  it('may be called again with another one', async ({ spawnProgram, request }) => {
    const program = spawnProgram('port-in-use', { args: ['takes another'] })
    expect(await program.line('refused')).toMatchObject({ code: 'EADDRINUSE' })
    expect((await request(await program.port(), '/')).body).toBe('served')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.spokenOn('stdout').filter(({ msg }) => msg === 'pool begun')).toHaveLength(1)
  })
})

describe('listen() on an inherited descriptor', () => {
  it('serves the port that somebody else has bound, and drains', async ({ spawnProgram, request }) => {
    const { port, descriptor, release } = await bindPort()
    const program = spawnProgram('inherited-port', { inherits: descriptor })
    await program.line('listening')
    // The descriptor of the program is another one of the same socket.
    release()

    expect((await request(port, '/')).body).toBe('served')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    await expect(request(port, '/')).rejects.toThrow('ECONNREFUSED')
  })
})
