import { expect } from 'vitest'

import { BOTH } from './implementations.ts'
import type { Implementation } from './implementations.ts'
import { scenarios, stage } from './scenario.ts'
import type { Scenario } from './scenario.ts'
import { serve } from './serve.ts'

export { scenarios }

/** How the length is told, and when, is no part of what has to be the same. */
const FRAMING = new Set(['content-length', 'date', 'transfer-encoding'])

/** Asks both the same, and expects the same answers, calls and lines for the logger. */
export async function expectTheSame(scenario: Scenario): Promise<void> {
  const [theirs, ours] = [await play(scenario, BOTH[0]), await play(scenario, BOTH[1])]
  expect(ours).toEqual(theirs)
}

async function play(scenario: Scenario, implementation: Implementation | undefined): Promise<unknown> {
  if (implementation === undefined) throw new Error('there are two')
  const { options, calls } = stage(scenario, implementation)
  const { ask, signal, close } = await serve({
    implementation,
    options,
    listener: (request, response) => response.end(`app ${request.method}`),
  })
  const answers: unknown[] = []
  for (const [index, { method, path }] of scenario.requests.entries()) {
    if (index === scenario.signalsBefore) signal()
    const { status, headers, body } = await ask(path, method)
    // Custom headers are sent while shutting down, too; theirs are not.
    const isOfCheck = index < scenario.signalsBefore || options.sendFailuresDuringShutdown === false
    const shown = Object.entries(headers).filter(([name]) => !FRAMING.has(name))
    answers.push({ status, body, headers: isOfCheck ? Object.fromEntries(shown) : headers.connection })
  }
  await close()
  return { answers, calls }
}
