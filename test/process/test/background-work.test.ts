import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

describe.concurrent('work that waitUntil() was told of', () => {
  it('is waited for after the last connection, and before anything is closed', async ({ spawnProgram, request }) => {
    const program = spawnProgram('background-work')
    expect((await request(await program.port(), '/')).body).toBe('accepted')
    program.signal('SIGTERM')
    await program.line('drain: drained')
    program.endInput()
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(program.spokenOn('stdout').map(({ msg }) => msg)).toEqual(['listening', 'mail sent', 'mailer closed'])
    expect(await recordOf(program)).toMatchObject({
      steps: [{ step: 'drain', name: 'waitUntil', outcome: 'done' }, { name: 'mailer' }],
      exitCode: 0,
    })
  })

  it('is given up at the end of the drain, and the exit is unclean', async ({ spawnProgram, request }) => {
    const program = spawnProgram('background-work', { args: ['{ "requests": "600ms" }'] })
    await request(await program.port(), '/')
    program.signal('SIGTERM')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(program.spokenOn('stdout').map(({ msg }) => msg)).toEqual(['listening', 'mailer closed'])
    const { steps, durationMs } = await recordOf(program)
    expect(steps).toMatchObject([{ step: 'drain', name: 'waitUntil', outcome: 'overran' }, { name: 'mailer' }])
    expect(durationMs).toBeGreaterThan(590)
  })

  it('is given up at once by SIGINT, when somebody does not want to wait', async ({ spawnProgram, request }) => {
    const program = spawnProgram('background-work', { args: ['{ "linger": "1500ms", "gracePeriod": "2m" }'] })
    await request(await program.port(), '/')
    program.signal('SIGTERM')
    // Longer than the 500 ms within which the two would count as one.
    await program.line('drain: drained')
    program.signal('SIGINT')
    expect(await program.exit).toMatchObject({ code: 1, signal: null })
    expect(program.said('mailer closed')).toBe(true)
  })
})
