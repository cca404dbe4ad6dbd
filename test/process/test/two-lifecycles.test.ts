import type { DrainRecord } from '@tidegate/core'
import { describe, expect } from 'vitest'

import { failureOf } from '../harness/failure-of.ts'
import { it } from '../harness/it.ts'
import type { Program } from '../harness/program.ts'

describe.concurrent('two lifecycles in one process', () => {
  for (const [failing, last] of [
    ['web', 'jobs'],
    ['jobs', 'jobs'],
    ['web', 'web'],
    ['nobody', 'web'],
  ] as const) {
    const code = failing === 'nobody' ? 0 : 1
    it(`exits with ${code} when the last has stopped: ${failing} fails, ${last} is last`, async ({ spawnProgram }) => {
      const program = spawnProgram('two-lifecycles', { args: [failing, last] })
      expect(await program.line('started')).toMatchObject({ areTwoCopies: true })
      program.signal('SIGTERM')
      expect(await program.exit).toMatchObject({ code, signal: null })
      const first = last === 'web' ? 'jobs' : 'web'
      expect(program.spokenOn('stdout').slice(1)).toEqual([
        { msg: `${first} stopped`, exitCode: failing === first ? 1 : 0 },
        { msg: `${last} stopped`, exitCode: failing === last ? 1 : 0 },
      ])
    })
  }

  it('says what the process still waits for, when the other leaves the signals to the program', async ({
    spawnProgram,
  }) => {
    const program = spawnProgram('leaves-one-behind')
    await program.line('started')
    program.signal('SIGTERM')
    expect(
      await program.line('the process exits when the other lifecycles in it have stopped; this one has'),
    ).toMatchObject({ level: 'info', service: 'web', others: 1 })
    program.endInput()
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.spokenOn('stderr').filter(({ msg }) => msg === 'stopped')).toMatchObject([
      { service: 'web' },
      { service: 'jobs' },
    ])
  })

  it('exits only when nobody holds the exit any more', async ({ spawnProgram }) => {
    const program = spawnProgram('held-exit')
    await program.line('started')
    program.signal('SIGTERM')
    await program.line('it has stopped')
    await program.line('the process exits when the other lifecycles in it have stopped; this one has')
    program.endInput()
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.said('released')).toBe(true)
  })

  for (const [how, why, requests] of [
    ['crashes', 'crashed: the state is broken', { finished: 1, cut: 0 }],
    ['cannot-warm-up', 'the warm-up of queue failed: the queue is gone', { finished: 1, cut: 0 }],
  ] as const) {
    it(`ends with both of them when one has to end it: ${how}`, async ({ spawnProgram, request }) => {
      const program = spawnProgram('ends-the-other', { args: [how] })
      const answer = request(await program.port(), '/')
      await program.line('asked')
      program.endInput()
      expect((await answer).body).toBe('the whole answer')
      expect(await program.exit).toMatchObject({ code: 1, signal: null })
      expect(program.said('pool closed')).toBe(true)
      expect(recordsOf(program)).toMatchObject({
        jobs: { reason: why, exitCode: 1 },
        web: { reason: `another lifecycle ends the process: ${why}`, requests, exitCode: 0 },
      })
    })
  }

  it('drains the other for no longer than its `close` may take, when one has crashed', async ({
    spawnProgram,
    request,
  }) => {
    const program = spawnProgram('ends-the-other', { args: ['crashes'] })
    const cut = failureOf(request(await program.port(), '/never'))
    await program.line('asked')
    program.endInput()
    expect(await cut).toBe('ECONNRESET')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    const { web } = recordsOf(program)
    expect(web).toMatchObject({ requests: { cut: 1 }, exitCode: 1 })
    // Of the 20 s and more that the drain would have had.
    expect(web?.drain.usedMs).toBeGreaterThan(990)
    expect(web?.drain.usedMs).toBeLessThan(10_000)
  })

  it('ends with one that starts only then, too', async ({ spawnProgram }) => {
    const program = spawnProgram('ends-the-other', { args: ['before-the-other-starts'] })
    program.endInput()
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(program.said('pool closed')).toBe(true)
    expect(Object.keys(recordsOf(program)).toSorted()).toEqual(['jobs', 'web'])
  })

  it('lets the other live when the exit is left to the program', async ({ spawnProgram, request }) => {
    const program = spawnProgram('ends-the-other', { args: ['does-not-exit'] })
    const port = await program.port()
    program.endInput()
    await program.line('stopped')
    expect(await request(port, '/livez')).toMatchObject({ status: 200 })
    expect(recordsOf(program)).not.toHaveProperty('web')
  })
})

/** By the name of the service. */
function recordsOf(program: Program): Record<string, DrainRecord> {
  const stopped = program.spokenOn('stderr').filter(({ msg }) => msg === 'stopped')
  return Object.fromEntries(stopped.map((line) => [line['service'], line as unknown as DrainRecord]))
}
