import { createStepContext, runCheck } from '@tidegate/testing'
import { expect, it, onTestFinished } from 'vitest'

import { dns } from '../src/index.ts'
import { check } from './support/check.ts'
import { startNameServer } from './support/name-server.ts'
import type { NameServer } from './support/name-server.ts'

async function nameServer(): Promise<NameServer> {
  const server = await startNameServer()
  onTestFinished(() => server.stop())
  return server
}

const HOSTNAME = 'postgres.shop.internal'

it('fails when the server is dead, and passes when it answers again', async () => {
  const server = await nameServer()
  const dependency = dns({ hostname: HOSTNAME, servers: [server.address] })

  const first = await check(dependency)
  await server.stop()
  const dead = await check(dependency, 600)
  await server.start()
  const again = await check(dependency)

  expect([first, again]).toEqual(Array.from({ length: 2 }, () => ({ status: 'pass', data: { records: 1 } })))
  expect(dead.status).toBe('fail')
  expect(dead.message).toMatch(/queryA (ECONNREFUSED|ETIMEOUT) postgres\.shop\.internal/)
})

it('fails when the server says nothing, by its own limits, and asks again before that', async () => {
  const server = await nameServer()
  server.be('silent')
  const dependency = dns({ hostname: HOSTNAME, servers: [server.address] })

  const silent = await runCheck(dependency, createStepContext({ limit: 600, signal: new AbortController().signal }))
  const asked = server.asked()
  server.be('well')

  expect(silent).toEqual({ status: 'fail', message: `queryA ETIMEOUT ${HOSTNAME}` })
  expect(asked).toBeGreaterThan(1)
  expect((await check(dependency)).status).toBe('pass')
})

it('fails when there is no such name', async () => {
  const server = await nameServer()
  server.be('ignorant')

  expect(await check(dns({ hostname: HOSTNAME, servers: [server.address] }))).toEqual({
    status: 'fail',
    message: `queryA ENOTFOUND ${HOSTNAME}`,
  })
})

it('gives a question up when the signal aborts', async () => {
  const server = await nameServer()
  server.be('silent')
  const controller = new AbortController()
  const begun = performance.now()
  const checking = runCheck(
    dns({ hostname: HOSTNAME, servers: [server.address] }),
    createStepContext({ signal: controller.signal }),
  )
  controller.abort(new Error('given up'))

  expect(await checking).toEqual({ status: 'fail', message: 'given up' })
  // By its own limits it would go on longer.
  expect(performance.now() - begun).toBeLessThan(10_000)
})
