import { freePort, startHaproxy } from '@tidegate/services'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'

import { startAgentInstance } from './agent-instance.ts'
import type { AgentInstance } from './agent-instance.ts'
import { askServerStats } from './haproxy-stats.ts'
import type { ServerStats } from './haproxy-stats.ts'

const LIMIT_MS = 60_000
const PATIENCE = { timeout: 30_000, interval: 50 }
/** Ten times what the test needs between two looks. */
const WINDOW_MS = 4_000

let port: number
let agentPort: number
let haproxy: Awaited<ReturnType<typeof startHaproxy>>
let instance: AgentInstance | undefined

beforeAll(async () => {
  port = await freePort()
  agentPort = await freePort()
  haproxy = await startHaproxy({
    servers: { 'shop-1': port },
    changes: {
      '#default-server weight 100 agent-check agent-port 3001 agent-inter 500ms': `default-server weight 100 agent-check agent-port ${agentPort} agent-inter 100ms`,
      'default-server check inter 2s': 'default-server check inter 200ms',
      'option httpchk GET /healthz': `option httpchk GET /healthz
    # Without it a check has to be answered within its interval, and this machine may stand still for three of them.
    timeout check 10s
    stick-table type string len 16 size 1k
    stick on hdr(x-session)`,
    },
  })
})
afterEach(async () => {
  instance?.kill('SIGKILL')
  await instance?.exited
})
afterAll(() => haproxy?.close())

async function start(): Promise<AgentInstance> {
  instance = await startAgentInstance(port, agentPort, WINDOW_MS)
  return instance
}

const stats = (): Promise<ServerStats> => askServerStats(haproxy.connection.statsSocket, 'shop-1')

async function becomes(expected: Partial<ServerStats> | ((seen: ServerStats) => void)): Promise<void> {
  await vi.waitFor(async () => {
    const seen = await stats()
    if (typeof expected === 'function') expected(seen)
    else expect(seen).toMatchObject(expected)
  }, PATIENCE)
}

/** The weights that HAProxy gives it from its way up on until it has all of it, without repetitions. */
async function weightsOfTheClimb(): Promise<number[]> {
  const weights: number[] = []
  await becomes(({ status, weight }) => {
    if (status === 'UP' && weights.at(-1) !== weight) weights.push(weight)
    expect(weights.at(-1)).toBe(100)
  })
  return weights
}

async function ask(session: string): Promise<number> {
  const answer = await fetch(haproxy.url, { headers: { 'x-session': session, connection: 'close' } })
  await answer.arrayBuffer()
  return answer.status
}

test("HAProxy's weight climbs in steps to all of it, and again after a hold", { timeout: LIMIT_MS }, async () => {
  const { tell } = await start()
  const first = await weightsOfTheClimb()
  expect(first.length).toBeGreaterThanOrEqual(6)
  expect(first).toEqual(first.toSorted((a, b) => a - b))
  expect(await ask('a')).toBe(200)

  tell('hold')
  await becomes({ status: 'MAINT' })
  expect(await ask('a')).toBe(503)
  tell('release')
  const second = await weightsOfTheClimb()
  expect(second.length).toBeGreaterThanOrEqual(6)
  expect(second).toEqual(second.toSorted((a, b) => a - b))
})

test('it is down with the name of what fails, and comes back', { timeout: LIMIT_MS }, async () => {
  const { tell } = await start()
  await becomes({ status: 'UP' })
  tell('break')
  await becomes(({ status, agent }) => {
    expect(status).toMatch(/^DOWN/)
    expect(agent).toContain('down (postgres)')
  })
  tell('mend')
  await becomes({ status: 'UP' })
})

test(
  'from the signal on it gets the requests of its sessions alone, and the next process is in again',
  { timeout: LIMIT_MS },
  async () => {
    const { kill, exited } = await start()
    await becomes({ status: 'UP' })
    expect(await ask('old')).toBe(200)
    kill('SIGTERM')
    await becomes(({ status }) => expect(status).toMatch(/^DRAIN/))
    expect([await ask('old'), await ask('new'), await ask('old')]).toEqual([200, 503, 200])
    await exited

    await start()
    const weights = await weightsOfTheClimb()
    expect(weights[0]).toBeLessThan(100)
  },
)

test.each(['hold', 'break'] as const)(
  'nothing sticks when a process is killed after it was told to %s',
  { timeout: LIMIT_MS },
  async (command) => {
    const { tell, kill, exited } = await start()
    await becomes({ status: 'UP' })
    tell(command)
    await becomes(({ status }) => expect(status).toMatch(/^(?:MAINT|DOWN)/))
    kill('SIGKILL')
    await exited

    await start()
    const weights = await weightsOfTheClimb()
    expect(weights[0]).toBeLessThan(100)
  },
)

test('nothing sticks when a process is killed in the middle of its climb', { timeout: LIMIT_MS }, async () => {
  const { kill, exited } = await start()
  await becomes(({ status, weight }) => {
    expect(status).toBe('UP')
    expect(weight).toBeGreaterThan(20)
  })
  kill('SIGKILL')
  await exited
  await becomes(({ status }) => expect(status).toMatch(/^DOWN/))

  await start()
  expect(Math.min(...(await weightsOfTheClimb()))).toBeLessThan(100)
})
