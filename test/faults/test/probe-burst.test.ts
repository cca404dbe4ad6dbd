import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from 'vitest'

import { useBackends } from './support/backends.ts'
import { AMPLE } from './support/limits.ts'

const backends = useBackends()

const PROBES = 5_000
const PROBERS = 20
const PATHS = ['/livez', '/readyz', '/startupz', '/healthz', '/healthz/postgres', '/healthz/redis']

/** Sends that many probes from {@link PROBERS} connections at once; returns how often each status came. */
async function burst(server: Server): Promise<Record<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: PROBERS })
  const { port } = server.address() as AddressInfo
  const statuses: Record<number, number> = {}
  let sent = 0
  const prober = async (): Promise<void> => {
    while (sent < PROBES) {
      const path = PATHS[sent % PATHS.length]
      sent += 1
      const asked = request({ port, host: '127.0.0.1', path, agent, signal: AbortSignal.timeout(AMPLE) }).end()
      const [response] = (await once(asked, 'response')) as [IncomingMessage]
      response.resume()
      await once(response, 'end')
      const status = response.statusCode ?? 0
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: PROBERS }, prober))
  agent.destroy()
  return statuses
}

describe('5,000 probes in a burst', () => {
  it('cause no query and no command beyond the scheduled checks, counted by PostgreSQL and Redis themselves', async () => {
    // A check that timed out on a busy machine would be counted more often than it was run.
    const shop = backends.shop({ health: { timeout: '5s' } })
    const server = await shop.openWell()
    const checks = { postgres: 0, redis: 0 }
    const count = shop.lifecycle.on('check', ({ dependency }) => {
      checks[dependency as keyof typeof checks] += 1
    })
    await backends.postgres.forget()
    const before = await backends.redis.calls()
    checks.postgres = checks.redis = 0
    const statuses = await burst(server)
    const { connections, statements } = await backends.postgres.record()
    const after = await backends.redis.calls()
    count()

    expect(statuses).toEqual({ 200: PROBES })
    expect(connections).toEqual([])
    expect(new Set(statements.map(({ application, text }) => `${application}: ${text}`))).toEqual(
      new Set(['shop tidegate-check: SELECT 1']),
    )
    expect(checks.postgres, 'the schedule went on meanwhile').toBeGreaterThan(0)
    expectAbout(statements.length, checks.postgres)
    const commands = Object.keys(after).filter((name) => after[name] !== before[name])
    expect(commands).toEqual(['ping'])
    expectAbout((after['ping'] ?? 0) - (before['ping'] ?? 0), checks.redis)
  })
})

/** One check may have been under way when the counting began, and one when it ended. */
function expectAbout(served: number, scheduled: number): void {
  expect(served).toBeGreaterThanOrEqual(scheduled - 1)
  expect(served).toBeLessThanOrEqual(scheduled + 1)
}
