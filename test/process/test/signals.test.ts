import { describe, expect } from 'vitest'

import { failureOf } from '../harness/failure-of.ts'
import { FRAMEWORKS } from '../harness/frameworks.ts'
import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

describe.concurrent.each(FRAMEWORKS)('signals with %s', (framework) => {
  it('records a repeated SIGTERM, which changes nothing', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework, '{ "lameDuck": false }'] })
    const answer = request(await app.port(), '/third-signal')
    await app.line('asked')
    app.signal('SIGTERM')
    await app.line('heard')
    app.signal('SIGTERM')
    await app.line('heard', 2)
    await app.line('later')
    app.signal('SIGTERM')
    expect((await answer).body).toBe('the whole answer')
    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(await recordOf(app)).toMatchObject({
      reason: 'SIGTERM',
      repeatedSignals: ['SIGTERM', 'SIGTERM'],
      requests: { cut: 0 },
    })
  })

  it('lets SIGINT hurry a drain that SIGTERM has begun, and records what it cut', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework, '{ "lameDuck": "10s" }'] })
    const cut = failureOf(request(await app.port(), '/never'))
    await app.line('asked')
    app.signal('SIGTERM')
    await app.line('later')
    app.signal('SIGINT')
    expect(await cut).toBe('ECONNRESET')
    expect(await app.exit).toMatchObject({ code: 1, signal: null })
    const { lameDuck, ...record } = await recordOf(app)
    expect(record).toMatchObject({ reason: 'SIGTERM', repeatedSignals: ['SIGINT'], requests: { cut: 1 }, exitCode: 1 })
    expect(lameDuck.usedMs).toBeLessThan(lameDuck.plannedMs)
    expect(app.said('pool closed')).toBe(true)
  })

  it('leaves the exit to the program with `exit: false`', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework, '{ "lameDuck": false, "requests": "300ms", "exit": false }'] })
    const cut = failureOf(request(await app.port(), '/never'))
    await app.line('asked')
    app.signal('SIGTERM')
    expect(await cut).toBe('ECONNRESET')
    await app.line('nothing left to do')
    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(await recordOf(app)).toMatchObject({ requests: { cut: 1 }, exitCode: 1 })
  })
})

describe.concurrent('signals', () => {
  it('counts a SIGINT that comes twice within 500 ms as one', async ({ spawnProgram, request }) => {
    const program = spawnProgram('double-ctrl-c')
    const answer = request(await program.port(), '/')
    await program.line('asked')
    program.signal('SIGINT')
    expect((await answer).body).toBe('the whole answer')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(await recordOf(program)).toMatchObject({
      reason: 'SIGINT',
      repeatedSignals: ['SIGINT'],
      requests: { cut: 0 },
    })
  })

  it('ends the drain on a later SIGINT, and the process on one later still', async ({ spawnProgram, request }) => {
    const program = spawnProgram('hung-close')
    const cut = failureOf(request(await program.port(), '/'))
    await program.line('asked')
    program.signal('SIGINT')
    await program.line('later')
    expect(program.said('closing')).toBe(false)
    program.signal('SIGINT')
    expect(await cut).toBe('ECONNRESET')
    await program.line('closing')
    await program.line('later', 2)
    program.signal('SIGINT')
    expect(await program.exit).toMatchObject({ code: 130, signal: null })
    expect(program.said('stopped')).toBe(false)
  })

  it('closes everything though an async subscriber rejects', async ({ spawnProgram }) => {
    const program = spawnProgram('rejecting-subscriber')
    await program.port()
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.said('pool closed')).toBe(true)
    expect(await program.line('a subscriber threw')).toMatchObject({ event: 'phase', error: 'the pager is down' })
  })

  it('keeps the exit code that the program has set, when the shutdown is clean', async ({ spawnProgram }) => {
    const program = spawnProgram('own-exit-code')
    await program.line('started')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 3, signal: null })
    expect(await recordOf(program)).toMatchObject({ exitCode: 0 })
  })

  it('leaves an idle lifecycle, and the process, to Node', async ({ spawnProgram }) => {
    const program = spawnProgram('idle')
    const { handlers, resources } = await program.line('idle')
    expect(handlers).toBe(0)
    expect(resources).not.toContain('Timeout')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: null, signal: 'SIGTERM' })
    expect(program.said('pool closed')).toBe(false)
  })

  it('leaves them to the program with `signals: false`', async ({ spawnProgram }) => {
    const program = spawnProgram('own-signals')
    expect(await program.line('listening')).toMatchObject({ handlers: 0 })
    program.signal('SIGTERM')
    expect(await program.line('heard')).toMatchObject({ phase: 'ready' })
    expect(await program.exit).toMatchObject({ code: 3, signal: null })
    expect(await recordOf(program)).toMatchObject({ reason: 'told to by my own handler', repeatedSignals: [] })
  })
})
