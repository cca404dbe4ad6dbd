import { setTimeout as delay } from 'node:timers/promises'

import type { CheckResult, WarmUpContext } from '@tidegate/core'
import { LifecycleError } from '@tidegate/core'

import type { CheckConnection } from './check-connection.ts'
import { untilReady, whyUnusable } from './client-status.ts'
import { connectToCheck } from './connect-to-check.ts'
import type { RedisClient } from './redis-client.ts'
import { isCluster } from './redis-client.ts'
import type { RedisScript } from './scripts.ts'
import { describeError } from './server-reply.ts'
import { untilSlotsKnown } from './until-slots-known.ts'

/** What a server says that is on its way and needs only time. Anything else is left to the lifecycle's own retries. */
const PASSING: readonly unknown[] = ['LOADING', 'MASTERDOWN', 'BUSY', 'CLUSTERDOWN']
const PAUSE_MS = 250

/**
 * Connects the client if nobody has, waits until it is ready and the server, or every master, takes ordinary commands, and
 * has it load the scripts. Nothing is sent on the client itself: what it cannot send it would queue, and go on holding after
 * the wait is over.
 *
 * @throws {LifecycleError} `TIDEGATE_WARM_UP`: at once when waiting alone does not help, else when `signal` aborts.
 */
export async function untilUsable(
  client: RedisClient,
  name: string,
  scripts: readonly RedisScript[],
  context: WarmUpContext,
): Promise<void> {
  const connection = connectToCheck(client)
  let obstacle = 'the server does not answer'
  try {
    // Its rejection says less than its 'error' event, which is logged, and it goes on trying behind.
    if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => {})
    if (isCluster(client)) await untilSlotsKnown(client, context.signal)
    for (;;) {
      const answer = await askOnce(connection, context)
      if (answer.status !== 'fail') break
      obstacle = answer.message ?? obstacle
      if (!PASSING.includes(answer.data?.['reply'])) throw new Error(obstacle)
      await delay(PAUSE_MS, undefined, { signal: context.signal })
    }
    obstacle = whyUnusable(client) ?? obstacle
    await untilReady(client, context.signal)
    await loadAll(connection, scripts, context)
  } catch (error) {
    const what = context.signal.aborted ? 'did not become usable in time' : 'is not usable'
    const why = context.signal.aborted || !(error instanceof Error) ? obstacle : error.message
    throw new LifecycleError('TIDEGATE_WARM_UP', `${name} ${what}: ${why}`)
  } finally {
    connection.close()
  }
}

async function askOnce(connection: CheckConnection, context: WarmUpContext): Promise<CheckResult> {
  const { signal } = context
  const answer = await connection.ask({ signal, abandonAfter: context.remaining() })
  signal.throwIfAborted()
  if (answer.data?.['reply'] === 'LOADING') {
    const percent = await connection.loadedPercent(signal).catch(() => undefined)
    if (percent !== undefined) context.progress(percent, 100, 'percent loaded')
  }
  return answer
}

async function loadAll(
  connection: CheckConnection,
  scripts: readonly RedisScript[],
  { signal, progress }: WarmUpContext,
): Promise<void> {
  for (const [index, script] of scripts.entries()) {
    try {
      await connection.load(script, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw new Error(`the script "${script.name}" was not loaded: ${describeError(error)}`, { cause: error })
    }
    progress(index + 1, scripts.length, 'scripts')
  }
}
