import { setTimeout as delay } from 'node:timers/promises'

import type { CheckResult, WarmUpContext } from '@tidegate/core'
import { LifecycleError } from '@tidegate/core'
import type { Redis } from 'ioredis'

import type { CheckConnection } from './check-connection.ts'
import { createCheckConnection } from './check-connection.ts'
import { untilReady, whyUnusable } from './client-status.ts'
import { explain } from './server-reply.ts'

/** What a server says that is on its way and needs only time. Anything else is left to the lifecycle's own retries. */
const PASSING: readonly unknown[] = ['LOADING', 'MASTERDOWN', 'BUSY']
const PAUSE_MS = 250

/**
 * Connects the client if nobody has and waits until it is ready and the server takes ordinary commands. Nothing is sent
 * on the client itself: what it cannot send it would queue, and go on holding after the wait is over.
 *
 * @throws {LifecycleError} `TIDEGATE_WARM_UP`: at once when waiting alone does not help, else when `signal` aborts.
 */
export async function untilUsable(client: Redis, name: string, context: WarmUpContext): Promise<void> {
  const connection = createCheckConnection(client)
  let obstacle = 'the server does not answer'
  try {
    // Its rejection says less than its 'error' event, which is logged, and it goes on trying behind.
    if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => {})
    for (;;) {
      const answer = await askOnce(connection, context)
      if (answer.status !== 'fail') break
      obstacle = answer.message ?? obstacle
      if (!PASSING.includes(answer.data?.['reply'])) throw new Error(obstacle)
      await delay(PAUSE_MS, undefined, { signal: context.signal })
    }
    obstacle = whyUnusable(client) ?? obstacle
    await untilReady(client, context.signal)
  } catch (error) {
    const what = context.signal.aborted ? 'did not become usable in time' : 'is not usable'
    const why = context.signal.aborted || !(error instanceof Error) ? obstacle : error.message
    throw new LifecycleError('TIDEGATE_WARM_UP', `${name} ${what}: ${why}`)
  } finally {
    connection.close()
  }
}

async function askOnce(connection: CheckConnection, context: WarmUpContext): Promise<CheckResult> {
  try {
    await connection.ping(context.signal)
    return { status: 'pass' }
  } catch (error) {
    context.signal.throwIfAborted()
    const answer = explain(error)
    if (answer.data?.['reply'] === 'LOADING') {
      const percent = await connection.loadedPercent(context.signal).catch(() => undefined)
      if (percent !== undefined) context.progress(percent, 100, 'percent loaded')
    }
    return answer
  }
}
