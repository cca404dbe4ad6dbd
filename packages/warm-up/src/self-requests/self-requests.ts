import type { Duplex } from 'node:stream'

import { defineDependency, untilAborted } from '@tidegate/core'
import type { CheckResult, Dependency, SelfConnection, WarmUpContext } from '@tidegate/core'

import { createHttp1Client } from './http1-client.ts'
import { createHttp2Client } from './http2-client.ts'
import { Rehearsal } from './rehearsal.ts'
import type { SelfClient } from './self-client.ts'
import { readSelfRequestsOptions } from './self-requests-options.ts'
import type { SelfRequestsOptions } from './self-requests-options.ts'
import { speedUp } from './speed-up.ts'

/** What is left of an attempt when no more requests are begun, so that those under way have time to end. */
const KEPT_OF_ATTEMPT = 0.2

/**
 * Sends requests through the service's own server before it is ready, whether its port is open or not, again and again
 * until they have stopped becoming faster. Its report says how much faster they have become. A 5xx, a broken connection or
 * an answer that does not come fails the attempt, with the route's name; without convergence within the limit it goes on.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the options.
 */
export function selfRequests<const Name extends string = 'self-requests'>(
  options: SelfRequestsOptions<Name>,
): Dependency<Name> {
  const resolved = readSelfRequestsOptions(options)
  const { server, tls } = options
  let result: CheckResult = { status: 'pass' }

  async function warmUp(context: WarmUpContext): Promise<void> {
    const { signal, logger } = context
    const start = performance.now()
    const time = Math.min(resolved.limit, context.remaining() * (1 - KEPT_OF_ATTEMPT))
    const connect = (): Promise<SelfConnection> => context.connectToSelf({ server, tls })
    const client = createClient(await connect(), async () => (await connect()).socket)
    const rehearsal = new Rehearsal({
      options: resolved,
      client,
      signal,
      end: start + time,
      onProgress: (sent) => context.progress(sent, Math.max(sent, resolved.minimum), 'requests to itself'),
    })
    try {
      await untilAborted(rehearsal.run(), signal)
    } finally {
      client.close()
    }

    const { latencies, concurrency, converged, rejected } = rehearsal
    const { firstMs, lastMs, timesFaster } = speedUp(latencies)
    const requests = latencies.length
    const data = { requests, firstMs, lastMs, timesFaster, converged, concurrency }
    const tookMs = Math.round(performance.now() - start)
    const compared = `the last ten took ${lastMs} ms each, the first ten ${firstMs} ms`
    const unsteady = converged ? '' : `; their latency has not converged after ${requests} of them in ${tookMs} ms`
    context.progress(requests, requests, `requests to itself, ${timesFaster} times faster`)
    logger[converged ? 'info' : 'warn']({ ...data, tookMs }, `${requests} requests to itself: ${compared}${unsteady}`)
    for (const [route, status] of rejected) {
      logger.warn({ route, status }, `${route} answered ${status}: little of it may be warm; is it the right request?`)
    }
    result = { status: 'pass', data }
  }

  return defineDependency({
    name: (options.name ?? 'self-requests') as Name,
    critical: options.critical ?? false,
    scope: 'local',
    dependsOn: options.dependsOn,
    limits: options.limits,
    health: options.health,
    warmUp,
    check: () => result,
  })
}

function createClient({ socket, protocol }: SelfConnection, connect: () => Promise<Duplex>): SelfClient {
  return protocol === 'h2' ? createHttp2Client(socket) : createHttp1Client(socket, connect)
}
