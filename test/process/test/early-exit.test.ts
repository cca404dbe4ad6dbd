import { describe, expect } from 'vitest'

import { failureOf } from '../harness/failure-of.ts'
import { it } from '../harness/it.ts'
import type { Line, Program } from '../harness/program.ts'

/** What it said on stderr of an end that came too early. */
function lastWords(program: Program): Line[] {
  return program.spokenOn('stderr').filter(({ msg }) => msg.startsWith('the process ends before its shutdown'))
}

const CUT = [{ kind: 'request', route: 'GET /slow', ageMs: expect.any(Number), peer: expect.any(String) }]

describe.concurrent('an exit that comes before the end of the shutdown', () => {
  for (const [who, caller] of [
    ['a listener', /^process\.exit\(\) was called at process\.exitAtOnce \(.*programs\/exits-early\.js:\d+:\d+\)$/],
    ['an import', /^process\.exit\(\) was called at .*programs\/exits-early\.js:\d+:\d+\)?$/],
    ['a timer', /^process\.exit\(\) was called by Node, or as the callback of a timer or of an event$/],
    ['a busy log', /^process\.exit\(\) was called at exitAtOnce \(.*programs\/exits-early\.js:\d+:\d+\)$/],
  ] as const) {
    it(`is said on stderr, with who has called it and what it cuts: ${who}`, async ({ spawnProgram, request }) => {
      const program = spawnProgram('exits-early', { args: [who] })
      const cut = failureOf(request(await program.port(), '/slow?token=secret'))
      await program.line('asked')
      program.signal('SIGTERM')
      expect(await cut).toBe('ECONNRESET')
      expect(await program.exit).toMatchObject({ code: 0, signal: null })
      expect(program.said('pool closed')).toBe(false)
      const [line, ...rest] = lastWords(program)
      expect(line).toMatchObject({ level: 'error', phase: 'draining', requests: 1, connections: 1, cut: CUT })
      expect(line?.['cause']).toMatch(caller)
      expect(line?.msg).toContain(`(phase draining, requests in flight: 1): ${String(line?.['cause'])}; leave the exit`)
      expect(rest).toEqual([])
    })
  }

  it('is said on stderr whatever the logger is', async ({ spawnProgram }) => {
    const program = spawnProgram('exits-early', { args: ['a listener', 'pino'] })
    await program.port()
    program.signal('SIGTERM')
    await program.exit
    expect(program.spokenOn('stderr')).toEqual(lastWords(program))
    expect(lastWords(program)).toMatchObject([{ requests: 0, connections: 0, cut: [] }])
    expect(program.spokenOn('stdout').some(({ msg }) => msg === 'phase draining')).toBe(true)
  })

  it('is not said with `logger: false`', async ({ spawnProgram }) => {
    const program = spawnProgram('exits-early', { args: ['a listener', 'none'] })
    await program.port()
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0 })
    expect(program.transcript).toMatch(/^stdout \{"msg":"listening".*\}$/)
  })

  it('is none when everything has stopped', async ({ spawnProgram }) => {
    const program = spawnProgram('exits-early', { args: ['a subscriber'] })
    await program.port()
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0 })
    expect(program.said('pool closed')).toBe(true)
    expect(lastWords(program)).toEqual([])
  })
})

it("names somebody else's listener for the signal, with what to do instead", async ({ spawnProgram }) => {
  const program = spawnProgram('exits-early', { args: ['a listener'] })
  await program.port()
  program.signal('SIGTERM')
  await program.exit
  const warning = program.spokenOn('stderr').find(({ others }) => others !== undefined)
  expect(warning).toMatchObject({ level: 'warn', event: 'SIGTERM', others: ['exitAtOnce'] })
  expect(warning?.msg).toContain('others listen to SIGTERM: exitAtOnce; one that ends the process cuts the drain')
})
