import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

describe.concurrent('a process that warms up', () => {
  for (const manners of ['minds its signal', 'ignores its signal']) {
    it(`leaves cleanly on a signal and closes what was begun, when a hung warm-up ${manners}`, async ({
      spawnProgram,
      request,
    }) => {
      const program = spawnProgram('hung-warm-up', { args: [manners] })
      const port = await program.port()
      await program.line('warming')
      expect((await request(port, '/')).status).toBe(503)
      program.signal('SIGTERM')
      expect(await program.exit).toMatchObject({ code: 0, signal: null })
      expect(await program.line('not ready')).toMatchObject({ code: 'TIDEGATE_WARM_UP' })
      const said = program.spokenOn('stdout').map(({ msg }) => msg)
      expect(said.filter((msg) => msg.endsWith('closed'))).toEqual(['tables closed', 'pool closed'])
      expect(said).not.toContain('catalog begun')
      expect(await recordOf(program)).toMatchObject({ reason: 'SIGTERM', exitCode: 0 })
    })
  }

  it('leaves by shutdown() without an exit, and closes what was begun', async ({ spawnProgram }) => {
    const program = spawnProgram('shutdown-while-warming')
    expect(await program.line('returned')).toMatchObject({
      phase: 'warming',
      exitCode: 0,
      steps: [{ step: 'close', name: 'pool', outcome: 'done' }],
    })
    expect(await program.line('not ready')).toMatchObject({ code: 'TIDEGATE_WARM_UP' })
    // A signal's exit would leave no time for this.
    await program.line('nothing left to do')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
  })

  it("exits with 1 when a warm-up fails and `onFailure` is 'exit', having closed what was begun", async ({
    spawnProgram,
  }) => {
    const program = spawnProgram('failing-warm-up', { args: ['exit'] })
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(await program.line('not ready')).toMatchObject({ code: 'TIDEGATE_WARM_UP', attempts: 1 })
    const closed = program.spokenOn('stdout').filter(({ msg }) => msg.endsWith('closed'))
    expect(closed.map(({ msg }) => msg)).toEqual(['tables closed', 'pool closed'])
    const { reason, exitCode } = await recordOf(program)
    expect(exitCode).toBe(1)
    expect(reason).toContain('tables')
    expect(reason).toContain('no tables, attempt 1')
  })

  it("keeps trying until it is ready when `onFailure` is 'wait'", async ({ spawnProgram }) => {
    const program = spawnProgram('failing-warm-up', { args: ['wait'] })
    expect(await program.line('ready')).toMatchObject({ attempts: 3 })
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
  })

  it('is held alive by its warm-up, without a server, and by nothing after that', async ({ spawnProgram }) => {
    const program = spawnProgram('slow-warm-up')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.spokenOn('stdout').map(({ msg }) => msg)).toEqual(['ready', 'nothing left to do'])
  })

  it('is held alive by a critical check that fails at first, until that passes', async ({ spawnProgram }) => {
    const program = spawnProgram('failing-check')
    expect(await program.line('ready')).toMatchObject({ runs: 3 })
    await program.line('nothing left to do')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
  })

  for (const how of ['listen', 'attach']) {
    it(`leaves cleanly on a signal while its port is still closed, with nobody to catch an error, by ${how}`, async ({
      spawnProgram,
    }) => {
      const program = spawnProgram('closed-port', { args: [how] })
      await program.line('warming')
      program.signal('SIGTERM')
      expect(await program.exit).toMatchObject({ code: 0, signal: null })
      expect(program.said('pool closed')).toBe(true)
      expect(await recordOf(program)).toMatchObject({ reason: 'SIGTERM', exitCode: 0 })
    })
  }
})
