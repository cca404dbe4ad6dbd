import { createServer } from 'node:http'

import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { DrainRecord, Lifecycle, ProbesOptions } from '../../src/index.ts'
import { portOf } from '../support/raw-client.ts'

const STATE = '2/3; name=shop/web1; node=lb1; weight=1/2; scur=13/22; qcur=0'

beforeEach(() => {
  for (const name of ['KUBERNETES_SERVICE_HOST', 'ECS_CONTAINER_METADATA_URI', 'ECS_CONTAINER_METADATA_URI_V4']) {
    vi.stubEnv(name, undefined)
  }
  onTestFinished(() => void vi.unstubAllEnvs())
})

/** A service that HAProxy asks before and after its SIGTERM, which then says what it thinks of it. */
async function leaveAfter(said: string, probes: ProbesOptions): Promise<DrainRecord> {
  const lifecycle: Lifecycle = createLifecycle({
    probes,
    shutdown: { gracePeriod: '3s', linger: false, signals: ['SIGUSR2'], exit: false },
    logger: false,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const server = await lifecycle.listen(createServer(), 0, '127.0.0.1')
  await lifecycle.whenReady()
  const ask = async (state: string): Promise<void> => {
    const headers = { 'x-haproxy-server-state': `${state} ${STATE}`, connection: 'close' }
    await (await fetch(`http://127.0.0.1:${portOf(server)}/healthz`, { method: 'OPTIONS', headers })).text()
  }
  await ask('UP')
  const leaving = new Promise<void>((resolve) => lifecycle.on('drain', () => resolve()))
  const stopped = new Promise<DrainRecord>((resolve) => lifecycle.on('stopped', resolve))
  process.kill(process.pid, 'SIGUSR2')
  await leaving
  await ask('UP')
  await ask(said)
  return stopped
}

test('the lame duck is over when the HAProxy that is trusted has taken the instance out', async () => {
  const { lameDuck } = await leaveAfter('NOLB', { trusted: ['127.0.0.1'] })
  expect(lameDuck.plannedMs).toBeGreaterThan(900)
  expect(lameDuck.usedMs).toBeLessThan(lameDuck.plannedMs)
})

test.each<[string, string, ProbesOptions]>([
  ['it is still up there', 'UP', { trusted: ['127.0.0.1'] }],
  ['whoever says so is not trusted', 'NOLB', { trusted: ['10.0.0.0/8'] }],
  ['nobody is', 'NOLB', {}],
])('the lame duck takes its whole time when %s', async (_, said, probes) => {
  const { lameDuck } = await leaveAfter(said, probes)
  expect(lameDuck.usedMs).toBeGreaterThanOrEqual(lameDuck.plannedMs - 2)
})
