import { Agent } from 'node:http'

import { exchange } from './exchange.js'

const INTERVAL_MS = 250

/** @typedef {ReturnType<typeof createRecommendations>} Recommendations */

/**
 * Asks for the one route that `requires` Redis, apart from the load: while Redis is frozen 503 is what it should answer.
 * At other times the shop answers so only when Redis has not answered it within 100 ms.
 *
 * @param {number} port of the front end
 * @param {() => boolean} isRedisAway
 */
export function createRecommendations(port, isRedisAway) {
  const agent = new Agent({ keepAlive: true, timeout: 30_000 })
  const counts = { served: 0, refusedWithoutRedis: 0, refusedOtherwise: 0, failed: 0 }
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  /** @type {Set<Promise<void>>} */
  const inFlight = new Set()

  async function ask() {
    const wasAway = isRedisAway()
    const { status } = await exchange({ port, agent, path: '/recommendations' })
    if (status === 200) counts.served += 1
    else if (status !== 503) counts.failed += 1
    else if (wasAway || isRedisAway()) counts.refusedWithoutRedis += 1
    else counts.refusedOtherwise += 1
  }

  return {
    counts,
    start() {
      timer = setInterval(() => {
        const asked = ask().finally(() => inFlight.delete(asked))
        inFlight.add(asked)
      }, INTERVAL_MS)
    },
    async stop() {
      clearInterval(timer)
      await Promise.all(inFlight)
      agent.destroy()
    },
  }
}
