import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

describe('the log of a process', () => {
  it('is written out to the last line before the exit', async ({ spawnProgram }) => {
    const program = spawnProgram('last-words')
    await program.line('started')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    const { flushedForMs } = await program.line('exit')
    const words = program.spokenOn('stderr').filter(({ msg }) => msg === 'last word').length
    // On a machine so slow that the 250 ms were not enough, they were at least used.
    expect({ words, stopped: program.said('stopped'), flushedForMs: flushedForMs as number }).toSatisfy(
      (seen) => (seen.words === 16 && seen.stopped) || seen.flushedForMs >= 240,
    )
  })

  it('does not hold up the exit when nobody reads it', async ({ spawnProgram }) => {
    const program = spawnProgram('last-words', { args: ['itself'], deaf: true })
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.said('last word')).toBe(true)
    expect(program.said('stopped')).toBe(false)
  })

  it('is written out undisturbed by a signal that comes again meanwhile', async ({ spawnProgram }) => {
    const program = spawnProgram('last-words', { args: ['itself, twice'], deaf: true })
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.said('signalled again')).toBe(true)
  })

  it('does not end the process when its reader has gone', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: ['node-http', '{ "lameDuck": false }'] })
    const port = await app.port()
    const answer = request(port, '/waits')
    await app.line('asked')
    app.stopReading('stderr')
    app.signal('SIGTERM')
    expect((await answer).body).toBe('the whole answer')
    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(app.said('pool closed')).toBe(true)
  })

  it('is one line of JSON per event, with the name of the service', async ({ spawnProgram }) => {
    const program = spawnProgram('two-lifecycles', { args: ['web', 'web'] })
    await program.line('started')
    program.signal('SIGTERM')
    await program.exit
    const lines = program.spokenOn('stderr')
    expect(lines).toHaveLength(program.transcript.split('\n').filter((text) => text.startsWith('stderr ')).length)
    for (const line of lines) {
      expect(line).toMatchObject({ time: expect.any(String), level: expect.any(String), msg: expect.any(String) })
      expect(line['service']).toMatch(/^(web|jobs)$/)
    }
  })

  it("is pino's with `logger: pino()`", async ({ spawnProgram }) => {
    const program = spawnProgram('logger', { args: ['pino'] })
    await program.line('started')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(await recordOf(program)).toMatchObject({ level: 30, pid: expect.any(Number), reason: 'SIGTERM' })
    expect(await program.line('empty')).toMatchObject({ level: 40, dependency: 'tables', rows: 0 })
  })

  it('is empty with `logger: false`', async ({ spawnProgram }) => {
    const program = spawnProgram('logger', { args: ['none'] })
    await program.line('started')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.transcript).toBe('stdout {"msg":"started"}')
  })

  it('names every fault of the options when the process cannot start', async ({ spawnProgram }) => {
    const program = spawnProgram('bad-options')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    const { transcript } = program
    expect(transcript).toContain('TIDEGATE_CONFIG')
    for (const fault of ['postgers', "did you mean '30s'", 'gracePeriode']) expect(transcript).toContain(fault)
  })
})
