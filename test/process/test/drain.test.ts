import { describe, expect } from 'vitest'

import { failureOf } from '../harness/failure-of.ts'
import { FRAMEWORKS } from '../harness/frameworks.ts'
import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

describe.concurrent.each(FRAMEWORKS)('a process that gets SIGTERM, with %s', (framework) => {
  it('answers what is in flight whole, and exits with 0', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework, '{ "lameDuck": false }'] })
    const port = await app.port()
    const waiting = request(port, '/waits')
    const streaming = request(port, '/streams')
    await app.line('asked', 2)
    app.signal('SIGTERM')
    expect(await waiting).toMatchObject({ body: 'the whole answer', headers: { connection: 'close' } })
    expect((await streaming).body).toBe('the whole answer')
    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(await recordOf(app)).toMatchObject({
      reason: 'SIGTERM',
      requests: { inFlight: 2, finished: 2, cut: 0 },
      exitCode: 0,
    })
    expect(app.said('pool closed')).toBe(true)
    expect(app.said('nothing left to do')).toBe(false)
  })

  it('cuts a request that is not done by the deadline, says so, and exits with 1', async ({
    spawnProgram,
    request,
  }) => {
    const app = spawnProgram('app', { args: [framework, '{ "lameDuck": false, "requests": "500ms" }'] })
    const cut = failureOf(request(await app.port(), '/never'))
    await app.line('asked')
    app.signal('SIGTERM')
    expect(await cut).toBe('ECONNRESET')
    expect(await app.exit).toMatchObject({ code: 1, signal: null })
    expect(await recordOf(app)).toMatchObject({ requests: { inFlight: 1, finished: 0, cut: 1 }, exitCode: 1 })
    expect(app.said('pool closed')).toBe(true)
  })

  it('is unready in the tick of the signal', async ({ spawnProgram }) => {
    const app = spawnProgram('app', { args: [framework] })
    expect(await app.line('listening')).toMatchObject({ ready: true })
    app.signal('SIGTERM')
    expect(await app.line('heard')).toMatchObject({ ready: false, phase: 'draining' })
  })
})

describe.concurrent('a process that gets SIGTERM', () => {
  it('goes from step to step in order', async ({ spawnProgram, request }) => {
    const program = spawnProgram('order')
    const answer = request(await program.port(), '/')
    await program.line('asked')
    program.signal('SIGTERM')
    await answer
    expect(await program.exit).toMatchObject({ code: 0 })
    const own = program.spokenOn('stdout').map(({ msg }) => msg)
    const steps = own.slice(own.indexOf('phase draining'))
    expect(
      steps.filter((step) => step !== 'linger-over' && !/^drain (database|cache|catalog|hook)$/.test(step)),
    ).toEqual([
      'phase draining',
      'lame-duck',
      'listener-closed',
      'answered',
      'drained',
      'phase closing',
      'drained hook',
      'close catalog',
      'close cache',
      'close database',
      'close hook',
      'phase stopped',
      'stopped',
    ])
    const drains = ['drain hook', 'drain database', 'drain cache', 'drain catalog']
    expect(steps.slice(2, 6).toSorted()).toEqual(drains.toSorted())
  })

  for (const last of ['linger over', 'socket gone', 'closed']) {
    it(`exits in the turn of the last thing it waits for: ${last}`, async ({ spawnProgram, request }) => {
      const program = spawnProgram('exit-at-once', { args: [last] })
      const answer = request(await program.port(), '/')
      await program.line('asked')
      // The connection is idle from now on, but for the request that outlasts the linger.
      if (last !== 'socket gone') await answer
      program.signal('SIGTERM')
      await answer
      expect(await program.exit).toMatchObject({ code: 0 })
      const { happened } = (await program.line('exit')) as unknown as { happened: { what: string }[] }
      const what = happened.map((one) => one.what)
      const followers = {
        'linger over': ['linger over', 'socket gone', 'closed', 'exit'],
        'socket gone': ['socket gone', 'closed', 'exit'],
        closed: ['closed', 'exit'],
      }[last]
      expect(what.slice(what.lastIndexOf(last))).toEqual(followers)
      expect(what.slice(0, what.lastIndexOf(last))).toContain('timer')
    })
  }
})
