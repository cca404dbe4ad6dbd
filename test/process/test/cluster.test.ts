import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import type { Program } from '../harness/program.ts'
import { createClient } from '../harness/request.ts'

function exitsOf(program: Program): unknown[] {
  return program.spokenOn('stdout').filter(({ msg }) => msg === 'worker exited')
}

describe.concurrent('a cluster whose primary forwards SIGTERM to its workers', () => {
  it('replaces them one by one under clients that keep their connections, and loses nothing', async ({
    spawnProgram,
    askAllTheTime,
    onTestFinished,
  }) => {
    const program = spawnProgram('cluster')
    const port = await program.port()
    const clients = Array.from({ length: 4 }, createClient)
    onTestFinished(() => clients.forEach((client) => client.close()))
    const asking = clients.map((client) => askAllTheTime(() => client.request(port, '/')))
    await Promise.all(asking.map(async (one) => one.more(5)))

    program.signal('SIGHUP')
    await program.line('replaced')
    await Promise.all(asking.map(async (one) => one.more(5)))

    const failures = await Promise.all(asking.map(async (one) => one.stop()))
    expect(failures.flat()).toEqual([])
    for (const { answers } of asking) {
      expect(answers[0]?.body).toMatch(/^worker [12]$/)
      expect(answers.at(-1)?.body).toMatch(/^worker [34]$/)
    }
    expect(exitsOf(program)).toMatchObject([
      { id: 1, code: 0, signal: null },
      { id: 2, code: 0, signal: null },
    ])
  })

  it('ends with all of them, when what is in flight is answered', async ({ spawnProgram, request }) => {
    const program = spawnProgram('cluster')
    const port = await program.port()
    const answers = [request(port, '/slow'), request(port, '/slow'), request(port, '/slow')]
    await program.line('asked', 3)
    program.signal('SIGTERM')
    for (const answer of answers) {
      expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
    }
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    expect(exitsOf(program)).toMatchObject([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ])
  })
})
