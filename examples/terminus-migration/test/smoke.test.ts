import { afterEach, describe, expect, it } from 'vitest'

import { startProgram } from '../../test-support/start-program.ts'
import type { Program } from '../../test-support/start-program.ts'

const STEPS = [
  { file: '1-before', exits: 'SIGTERM' },
  { file: '2-drop-in', exits: 'SIGTERM' },
  { file: '3-dependencies', exits: 'SIGTERM' },
  { file: '4-lifecycle', exits: 0 },
  { file: 'keep-terminus', exits: 'SIGTERM' },
]

// Nobody routes to it who would have to hear first.
const ENV = { ...process.env, PORT: '0', TIDEGATE_LAME_DUCK: 'false' }

describe.each(STEPS)('$file', ({ file, exits }) => {
  let program: Program | undefined
  afterEach(async () => {
    program?.kill()
    await program?.exited
  })

  it('is live and ready, answers what is in flight at SIGTERM, closes its store, and ends', async () => {
    program = startProgram(new URL(`../src/${file}.js`, import.meta.url), ENV)
    const origin = await originOf(program)
    for (const path of ['/health/live', '/health/ready']) {
      await expect.poll(async () => (await fetch(origin + path)).status, { timeout: 30_000 }).toBe(200)
    }

    const slow = fetch(`${origin}/orders?slowly`).then(async (response) => response.json())
    await program.logged('asked')
    program.terminate()
    expect(await slow).toEqual(['first', 'second'])
    await program.logged('the store is closed')
    expect(await program.exited).toBe(exits)
  })
})

/** Of the line that tells of its port. */
async function originOf(program: Program): Promise<string> {
  const isThere = (): boolean => program.lines.some(({ msg }) => msg.startsWith('listening on'))
  await expect.poll(isThere, { timeout: 30_000 }).toBe(true)
  const { msg } = program.lines.find((line) => line.msg.startsWith('listening on')) ?? { msg: '' }
  const { port } = JSON.parse(msg.replace('listening on ', '')) as { readonly port: number }
  return `http://127.0.0.1:${port}`
}
