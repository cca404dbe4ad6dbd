import { setTimeout as pause } from 'node:timers/promises'

import { failureOf } from './failure-of.ts'
import type { Answer } from './request.ts'

const PAUSE_MS = 5

export interface Asking {
  /** What was answered by now, in order. */
  readonly answers: readonly Answer[]
  /** Resolves when it has been answered so many times more. */
  more(times: number): Promise<void>
  /** Asks no more; gives the codes of all that failed. */
  stop(): Promise<readonly string[]>
}

/** Asks again and again, each time a moment after the last answer or failure, until it is stopped. */
export function askAllTheTime(ask: () => Promise<Answer>): Asking {
  const answers: Answer[] = []
  const failures: string[] = []
  const over = new AbortController()
  const asking = (async () => {
    while (!over.signal.aborted) {
      const failure = await failureOf(ask().then((answer) => answers.push(answer)))
      if (failure !== undefined) failures.push(failure)
      await pause(PAUSE_MS)
    }
  })()
  return {
    answers,
    async more(times) {
      const enough = answers.length + times
      while (answers.length < enough && !over.signal.aborted) await pause(PAUSE_MS)
    },
    async stop() {
      over.abort()
      await asking
      return failures
    },
  }
}
