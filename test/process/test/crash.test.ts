import { describe, expect } from 'vitest'

import { failureOf } from '../harness/failure-of.ts'
import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

const DRAIN = { onCrash: 'drain' } as const
const CAUGHT = 'nobody has caught this; draining, then exiting: the state is broken'

describe.concurrent("a crash with `onCrash: 'drain'`", () => {
  for (const how of ['throws', 'rejects']) {
    it(`is logged, answers what is in flight, closes everything and exits with 1: ${how}`, async ({
      spawnProgram,
      request,
    }) => {
      const program = spawnProgram('crashes', { args: [how, JSON.stringify(DRAIN)] })
      const answer = request(await program.port(), '/slow')
      await program.line('asked')
      program.endInput()
      expect(await answer).toMatchObject({ body: 'the whole answer', headers: { connection: 'close' } })
      expect(await program.exit).toMatchObject({ code: 1, signal: null })
      const { error, ...line } = await program.line(CAUGHT)
      expect(line).toMatchObject({ level: 'error' })
      expect(error).toMatchObject({ name: 'Error', stack: expect.stringContaining('programs/crashes.js') })
      expect(await recordOf(program)).toMatchObject({
        reason: 'crashed: the state is broken',
        requests: { inFlight: 1, finished: 1, cut: 0 },
        steps: [{ step: 'close', name: 'pool', outcome: 'done' }],
        exitCode: 1,
      })
      expect(program.said('pool closed')).toBe(true)
    })
  }

  it('drains for no longer than `close` may take, whatever hangs', async ({ spawnProgram, request }) => {
    const program = spawnProgram('crashes', { args: ['throws', JSON.stringify({ ...DRAIN, close: '1s' })] })
    const port = await program.port()
    await request(port, '/work')
    const cut = failureOf(request(port, '/never'))
    await program.line('asked', 2)
    program.endInput()
    expect(await cut).toBe('ECONNRESET')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    const { drain, requests, steps } = await recordOf(program)
    expect(requests).toMatchObject({ inFlight: 1, cut: 1 })
    expect(steps).toMatchObject([
      { step: 'drain', name: 'waitUntil', outcome: 'overran' },
      { step: 'close', name: 'pool', outcome: 'done' },
    ])
    // Of the 20 s and more that the drain after a signal would have had.
    expect(drain.usedMs).toBeGreaterThan(990)
    expect(drain.usedMs).toBeLessThan(10_000)
  })

  it('during the drain neither ends it nor begins it again', async ({ spawnProgram, request }) => {
    const program = spawnProgram('crashes', { args: ['throws', JSON.stringify(DRAIN)] })
    const answer = request(await program.port(), '/slow')
    await program.line('asked')
    program.signal('SIGTERM')
    await program.line('drain: linger-over')
    program.endInput()
    expect((await answer).body).toBe('the whole answer')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(program.said(CAUGHT)).toBe(true)
    expect(program.spokenOn('stderr').filter(({ msg }) => msg === 'phase draining')).toHaveLength(1)
    expect(await recordOf(program)).toMatchObject({ reason: 'SIGTERM', requests: { finished: 1, cut: 0 }, exitCode: 1 })
  })

  it('leaves the exit to the program with `exit: false`, but not the code', async ({ spawnProgram }) => {
    const program = spawnProgram('crashes', { args: ['throws', JSON.stringify({ ...DRAIN, exit: false })] })
    await program.port()
    program.endInput()
    await program.line('nothing left to do')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(program.said('pool closed')).toBe(true)
    const said = 'draining, and leaving the exit to you, as shutdown.exit is false: the state is broken'
    expect(program.said(`nobody has caught this; ${said}`)).toBe(true)
  })

  it('drains also when the program listens to exceptions by itself, and names who does', async ({
    spawnProgram,
    request,
  }) => {
    const program = spawnProgram('crashes', { args: ['throws', JSON.stringify(DRAIN), 'reports'] })
    const answer = request(await program.port(), '/slow')
    await program.line('asked')
    program.endInput()
    expect(await answer).toMatchObject({ body: 'the whole answer' })
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(await program.line('reported')).toMatchObject({ message: 'the state is broken' })
    expect(program.said('pool closed')).toBe(true)
    const warning = program.spokenOn('stderr').filter(({ level, event }) => level === 'warn' && event !== undefined)
    expect(warning).toMatchObject([{ event: 'uncaughtException', others: ['report'] }])
    expect(warning[0]?.msg).toContain('others listen to uncaughtException: report; one that ends the process cuts')
  })

  it('that the program ends by itself is named with what that cuts', async ({ spawnProgram, request }) => {
    const program = spawnProgram('crashes', { args: ['throws', JSON.stringify(DRAIN), 'exits'] })
    const cut = failureOf(request(await program.port(), '/slow'))
    await program.line('asked')
    program.endInput()
    expect(await cut).toBe('ECONNRESET')
    expect(await program.exit).toMatchObject({ code: 3, signal: null })
    const line = program.spokenOn('stderr').find(({ cause }) => cause !== undefined)
    expect(line).toMatchObject({ phase: 'draining', requests: 1, cut: [{ kind: 'request', route: 'GET /slow' }] })
    expect(line?.['cause']).toContain('process.exitAtOnce')
  })

  it('is none when the program catches its rejections', async ({ spawnProgram, request }) => {
    const program = spawnProgram('crashes', { args: ['rejects', JSON.stringify(DRAIN), 'catches rejections'] })
    const port = await program.port()
    program.endInput()
    await program.line('caught')
    expect(await request(port, '/readyz')).toMatchObject({ status: 200 })
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
  })
})

describe.concurrent("a crash with `onCrash: 'exit'`", () => {
  for (const how of ['throws', 'rejects']) {
    it(`ends the process as Node does: ${how}`, async ({ spawnProgram, request }) => {
      const program = spawnProgram('crashes', { args: [how] })
      const cut = failureOf(request(await program.port(), '/slow'))
      await program.line('asked')
      program.endInput()
      expect(await cut).toBe('ECONNRESET')
      expect(await program.exit).toMatchObject({ code: 1, signal: null })
      const { transcript } = program
      expect(transcript).toMatch(/stderr Error: the state is broken\nstderr +at .*programs\/crashes\.js:\d+:\d+/)
      expect(transcript).not.toMatch(/draining|pool closed|the process ends/)
    })
  }

  it('during the drain ends the process, and says what that cuts', async ({ spawnProgram, request }) => {
    const program = spawnProgram('crashes', { args: ['throws'] })
    const cut = failureOf(request(await program.port(), '/slow'))
    await program.line('asked')
    program.signal('SIGTERM')
    await program.line('drain: linger-over')
    program.endInput()
    expect(await cut).toBe('ECONNRESET')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(program.transcript).toContain('stderr Error: the state is broken')
    const line = program.spokenOn('stderr').find(({ cause }) => cause === 'nobody has caught an exception')
    expect(line).toMatchObject({ phase: 'draining', requests: 1, cut: [{ kind: 'request', route: 'GET /slow' }] })
    expect(line?.msg).toContain("shutdown.onCrash: 'drain' would end the drain first")
    expect(program.said('pool closed')).toBe(false)
  })
})
