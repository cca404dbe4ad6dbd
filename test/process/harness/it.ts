import { test } from 'vitest'

import { askAllTheTime } from './ask-all-the-time.ts'
import type { Asking } from './ask-all-the-time.ts'
import { Program } from './program.ts'
import type { SpawnOptions } from './program.ts'
import { createClient } from './request.ts'
import type { Answer } from './request.ts'

interface Fixtures {
  /** Starts one of `programs/`; it is killed at the end of the test, whatever has happened. */
  spawnProgram(name: string, options?: SpawnOptions): Program
  /** Asks a program's server over a connection that is kept alive. */
  request(port: number, path: string): Promise<Answer>
  /** Asks again and again, a moment after each answer or failure, until the end of the test at the latest. */
  askAllTheTime(ask: () => Promise<Answer>): Asking
}

/** Vitest's `it`, which ends every program of a test with it, and prints what they have said when it has failed. */
export const it = test.extend<Fixtures>({
  spawnProgram: async ({ onTestFailed }, use) => {
    const programs: Program[] = []
    onTestFailed(() => {
      for (const program of programs) console.error(program.transcript)
    })
    await use((name, options) => {
      const program = new Program(name, options)
      programs.push(program)
      return program
    })
    await Promise.all(programs.map((program) => program.kill()))
  },
  request: async ({ onTestFinished }, use) => {
    const client = createClient()
    onTestFinished(() => client.close())
    await use(client.request)
  },
  askAllTheTime: async ({ onTestFinished }, use) => {
    await use((ask) => {
      const asking = askAllTheTime(ask)
      onTestFinished(async () => void (await asking.stop()))
      return asking
    })
  },
})
