import { defineDependency } from '@tidegate/core'
import type { CheckResult, Dependency, SelfConnection, WarmUpContext } from '@tidegate/core'

import { createHttp1Client } from './http1-client.ts'
import { createHttp2Client } from './http2-client.ts'
import { Rehearsal } from './rehearsal.ts'
import { SelfConnections } from './self-connections.ts'
import { readSelfRequestsOptions } from './self-requests-options.ts'
import type { SelfRequestsOptions } from './self-requests-options.ts'
import { summarize } from './summarize.ts'

/** Of an attempt: no request is begun after the first, and none is waited for after the second. */
const SHARES_OF_ATTEMPT = { begun: 0.8, over: 0.9 }

/** So many attempts may fail behind ready; then it is let be. */
const ATTEMPTS = 5

/**
 * Sends requests through the service's own server before it is ready, whether its port is open or not, again and again
 * until they have stopped becoming faster. Its report says how much faster they have become. A 5xx, a broken connection, an
 * answer that does not come: the others go on, and the report says `warn` with the routes that were never answered well. An
 * attempt fails when there is no server, or no connection to it.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the options.
 */
export function selfRequests<const Name extends string = 'self-requests'>(
  options: SelfRequestsOptions<Name>,
): Dependency<Name> {
  const resolved = readSelfRequestsOptions(options)
  const { server, tls, critical = false } = options
  let result: CheckResult = { status: 'pass' }
  let failures = 0
  let why = ''

  async function warmUp(context: WarmUpContext): Promise<void> {
    if (!critical && failures >= ATTEMPTS) {
      const message = `the service could not ask itself, and has let it be after ${ATTEMPTS} attempts: ${why}`
      context.logger.warn({}, message)
      result = { status: 'warn', message }
      return
    }
    try {
      await rehearse(context)
    } catch (error) {
      failures++
      why = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  async function rehearse(context: WarmUpContext): Promise<void> {
    const { signal, logger } = context
    const begun = performance.now()
    const left = context.remaining()
    const connect = (): Promise<SelfConnection> => context.connectToSelf({ server, tls })
    const { socket, protocol } = await connect()
    const connections = new SelfConnections(socket, async () => (await connect()).socket)
    const client = protocol === 'h2' ? createHttp2Client(connections) : createHttp1Client(connections)
    const rehearsal = new Rehearsal({
      options: resolved,
      client,
      signal,
      end: begun + Math.min(resolved.limit, left * SHARES_OF_ATTEMPT.begun),
      deadline: begun + left * SHARES_OF_ATTEMPT.over,
      onProgress: (sent, total) => context.progress(sent, total, 'requests to itself'),
      onTrouble: (route, trouble) =>
        logger.warn({ route }, `the service asked itself for ${route}: ${trouble}; it goes on with the others`),
    })
    try {
      await rehearsal.run()
    } finally {
      client.close()
    }

    const summary = summarize(rehearsal, performance.now() - begun)
    context.progress(rehearsal.sent, rehearsal.sent, `requests to itself, ${summary.speedUp}`)
    logger[summary.level](summary.fields, summary.message)
    for (const [route, status] of rehearsal.rejected) {
      logger.warn({ route, status }, `${route} answered ${status}: little of it may be warm; is it the right request?`)
    }
    result = summary.result
  }

  return defineDependency({
    name: (options.name ?? 'self-requests') as Name,
    critical,
    scope: 'local',
    dependsOn: options.dependsOn,
    limits: options.limits,
    health: options.health,
    warmUp,
    check: () => result,
  })
}
