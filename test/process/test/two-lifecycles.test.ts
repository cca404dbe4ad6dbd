import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'

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
})
