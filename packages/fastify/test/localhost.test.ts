import dns from 'node:dns'

import { beforeEach, expect, test, vi } from 'vitest'

import { createShop, keptConnection } from './shop.ts'

// A second address that Linux answers on, whether it has IPv6 or not.
const ADDRESSES = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
const OTHER = { host: '127.0.0.2' }

beforeEach(() => {
  const lookup = (host: string, ...rest: readonly unknown[]): void => {
    const callback = rest.at(-1) as (error: null, ...answer: unknown[]) => void
    const addresses = host === 'localhost' ? ADDRESSES : [{ address: host, family: 4 }]
    // Fastify asks for all of them. To listen, Node 22 and later do, too; Node 20 asks for one.
    if ((rest[0] as dns.LookupOptions).all === true) callback(null, addresses)
    else callback(null, addresses[0]?.address, 4)
  }
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(lookup)
  return () => spy.mockRestore()
})

test('every address of localhost is known to the lifecycle, also those nobody has asked yet', async () => {
  const lines: string[] = []
  const shop = await createShop({ logger: { stream: { write: (line) => void lines.push(line) } } })
  await shop.open('localhost')

  expect(await shop.ask('/readyz', OTHER)).toMatchObject({ status: 200 })
  expect(lines.filter((line) => line.includes('incoming request'))).toEqual([])
})

for (const leader of ['shutdown()', 'app.close()'] as const) {
  test(`${leader} drains the others too, while app.server has nobody left`, async () => {
    const shop = await createShop({ forceCloseConnections: true })
    await shop.open('localhost')
    const kept = { ...OTHER, agent: keptConnection() }
    await shop.ask('/', kept)
    const { answer } = await shop.askSlow(OTHER)

    const closed = leader === 'app.close()' ? shop.app.close() : shop.lifecycle.shutdown()
    await shop.reached('listener-closed')
    await expect(shop.ask('/', OTHER)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    const late = await shop.ask('/', kept)
    shop.release()

    expect(late).toMatchObject({ status: 200, body: 'served', headers: { connection: 'close' } })
    expect(await answer).toMatchObject({ status: 200, body: 'whole' })
    await closed
    expect((await shop.lifecycle.shutdown()).requests).toMatchObject({ inFlight: 1, finished: 2, cut: 0 })
  })
}
