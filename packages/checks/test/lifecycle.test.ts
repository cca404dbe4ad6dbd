import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'

import { createLifecycle } from '@tidegate/core'
import type { Dependency, Lifecycle } from '@tidegate/core'
import { expect, it, onTestFinished } from 'vitest'

import { disk, eventLoop, fileDescriptors, memory, tcp, threadPool } from '../src/index.ts'

const path = tmpdir()

async function start(...dependencies: readonly Dependency[]): Promise<Lifecycle> {
  const lifecycle = createLifecycle({
    dependencies,
    health: { interval: 200, timeout: '10s' },
    shutdown: { lameDuck: false, linger: false, signals: false, exit: false },
    logger: false,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const unchecked = new Set(dependencies.map(({ name }) => name))
  const checked = new Promise<void>((resolve) => {
    lifecycle.on('check', ({ dependency }) => {
      unchecked.delete(dependency)
      if (unchecked.size === 0) resolve()
    })
  })
  await lifecycle.start()
  await checked
  return lifecycle
}

function status(lifecycle: Lifecycle, url: string): number | undefined {
  return lifecycle.probe({ url })?.status
}

it('reports what is near its end as a warning, and stays in rotation', async () => {
  const lifecycle = await start(disk({ path, warnAt: { space: 0.000_001 } }), fileDescriptors({ warnAt: 0.000_001 }))

  const { status: overall, dependencies } = lifecycle.report()
  expect([overall, dependencies['disk']?.status, dependencies['file-descriptors']?.status]).toEqual(
    Array.from({ length: 3 }, () => 'warn'),
  )
  expect([status(lifecycle, '/healthz'), status(lifecycle, '/readyz'), status(lifecycle, '/livez')]).toEqual([
    200, 200, 200,
  ])
})

it('fails /livez when a local check that liveness hangs on fails', async () => {
  const lifecycle = await start(memory({ warnAt: { heap: 0.000_001 }, failAt: { heap: 0.000_002 }, liveness: true }))

  expect([status(lifecycle, '/livez'), status(lifecycle, '/readyz')]).toEqual([503, 200])
})

it('fails /healthz, and not /livez, when a port closes', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).end())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const lifecycle = await start(tcp({ host: '127.0.0.1', port, health: { retryInterval: 50 } }))
  const failed = new Promise<void>((resolve) => {
    lifecycle.on('health', ({ status: now }) => {
      if (now === 'fail') resolve()
    })
  })
  server.close()
  await failed

  expect([status(lifecycle, '/healthz'), status(lifecycle, '/livez')]).toEqual([503, 200])
})

it('does nothing before the lifecycle starts, and holds nothing after it has closed', async () => {
  const resources = (): string[] =>
    process.getActiveResourcesInfo().filter((name) => /^(Timeout|TCP|FSReq|ELDHistogram|Immediate)/.test(name))
  const before = resources()
  const dependencies = [disk({ path }), eventLoop(), fileDescriptors(), memory(), threadPool()]
  expect(resources()).toEqual(before)

  const lifecycle = await start(...dependencies)
  const { steps } = await lifecycle.shutdown()

  expect(steps.map(({ name, outcome }) => [name, outcome])).toEqual([['event-loop', 'done']])
  expect(resources()).toEqual(before)
})
