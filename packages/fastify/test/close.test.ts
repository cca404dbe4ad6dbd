import { describe, expect, test } from 'vitest'

import { createShop, keptConnection } from './shop.ts'
import type { Shop } from './shop.ts'

/** What every way of closing comes to: had one step waited for another for good, it would have overrun. */
async function expectClosed({ app, lifecycle, told }: Shop): Promise<void> {
  const { steps, requests } = await lifecycle.shutdown()
  expect(steps.filter(({ outcome }) => outcome !== 'done')).toEqual([])
  expect(requests.cut).toBe(0)
  expect(lifecycle.phase).toBe('stopped')
  expect(app.server.listening).toBe(false)
  expect(told).toContain('plugin before')
  expect(told).toContain('plugin after')
}

describe('the order', () => {
  test('shutdown() drains, closes Fastify with all its plugins, and then the dependencies', async () => {
    const shop = await createShop()
    await shop.open()
    const { answer } = await shop.askSlow()

    const drained = shop.lifecycle.shutdown()
    await shop.reached('listener-closed')
    expect(shop.told).toEqual([])
    shop.release()

    expect(await answer).toMatchObject({ status: 200, body: 'whole', headers: { connection: 'close' } })
    await drained
    expect(shop.told).toEqual(['answered', 'plugin after', 'plugin before', 'db'])
    await expectClosed(shop)
  })

  test('app.close() drains, closes the plugins registered later, the dependencies, and the plugins before', async () => {
    const shop = await createShop()
    await shop.open()
    const { answer } = await shop.askSlow()

    const closed = shop.app.close()
    await shop.reached('listener-closed')
    expect(shop.told).toEqual([])
    shop.release()

    expect(await answer).toMatchObject({ status: 200, body: 'whole', headers: { connection: 'close' } })
    await closed
    expect(shop.told).toEqual(['answered', 'plugin after', 'db', 'plugin before'])
    await expectClosed(shop)
    expect(await shop.lifecycle.shutdown()).toMatchObject({ reason: 'Fastify was closed', lameDuck: { plannedMs: 0 } })
  })

  test('app.close() drains ahead of an onClose hook that somebody adds when the app is ready', async () => {
    const shop = await createShop()
    shop.app.addHook('onReady', async () => {
      shop.app.addHook('onClose', async () => void shop.told.push('pool'))
    })
    await shop.open()
    const { answer } = await shop.askSlow()

    const closed = shop.app.close()
    await shop.reached('listener-closed')
    shop.release()

    expect(await answer).toMatchObject({ status: 200, body: 'whole' })
    await closed
    expect(shop.told).toEqual(['answered', 'pool', 'plugin after', 'db', 'plugin before'])
    await expectClosed(shop)
  })

  test('a plugin that fails to close is in the record, and the dependencies are closed', async () => {
    const shop = await createShop()
    shop.app.addHook('onClose', async () => {
      throw new Error('the collector is gone')
    })
    await shop.open()

    const { steps, exitCode } = await shop.lifecycle.shutdown()

    expect(steps.filter(({ outcome }) => outcome !== 'done')).toMatchObject([
      { step: 'drained', name: 'close Fastify', outcome: 'failed', error: 'the collector is gone' },
    ])
    expect(exitCode).toBe(1)
    expect(shop.told).toEqual(['plugin after', 'plugin before', 'db'])
  })
})

describe('requests while it drains', () => {
  const leaders = ['shutdown()', 'app.close()'] as const
  const cases = leaders.flatMap((leader) =>
    ([true, 'idle', false] as const).flatMap((forceCloseConnections) =>
      [true, false].map((return503OnClosing) => ({ leader, forceCloseConnections, return503OnClosing })),
    ),
  )
  for (const { leader, ...options } of cases) {
    test(`${leader} answers all, also late ones: ${JSON.stringify(options)}`, async () => {
      const shop = await createShop(options)
      await shop.open()
      const kept = { agent: keptConnection() }
      await shop.ask('/', kept)
      const { answer } = await shop.askSlow()

      const closed = leader === 'app.close()' ? shop.app.close() : shop.lifecycle.shutdown()
      await shop.reached('listener-closed')
      const late = await shop.ask('/', kept)
      shop.release()

      expect(late).toMatchObject({ status: 200, body: 'served', headers: { connection: 'close' } })
      expect(await answer).toMatchObject({ status: 200, body: 'whole' })
      await closed
      await expectClosed(shop)
    })
  }

  test('app.close() gives a drain more time than pluginTimeout', async () => {
    const shop = await createShop({ pluginTimeout: 500, forceCloseConnections: true })
    await shop.open()
    const { answer } = await shop.askSlow()

    const closed = shop.app.close()
    await shop.reached('listener-closed')
    await new Promise((resolve) => setTimeout(resolve, 700))
    shop.release()

    expect(await answer).toMatchObject({ status: 200, body: 'whole' })
    await closed
    await expectClosed(shop)
  })
})

describe('both at once', () => {
  test('shutdown() and app.close() in one turn', async () => {
    const shop = await createShop()
    await shop.open()
    await Promise.all([shop.lifecycle.shutdown(), shop.app.close()])
    expect(shop.told).toContain('db')
    await expectClosed(shop)
  })

  test('app.close() and shutdown() in one turn', async () => {
    const shop = await createShop()
    await shop.open()
    await Promise.all([shop.app.close(), shop.lifecycle.shutdown()])
    expect(shop.told).toContain('db')
    await expectClosed(shop)
  })

  test('app.close() twice', async () => {
    const shop = await createShop()
    await shop.open()
    await Promise.all([shop.app.close(), shop.app.close()])
    await expectClosed(shop)
  })

  for (const first of ['shutdown()', 'app.close()'] as const) {
    test(`${first}, and the other while a request is in flight`, async () => {
      const shop = await createShop()
      await shop.open()
      const { answer } = await shop.askSlow()
      const ways = [() => shop.lifecycle.shutdown(), () => shop.app.close()]
      if (first === 'app.close()') ways.reverse()

      const begun = ways[0]?.()
      await shop.reached('listener-closed')
      const joined = ways[1]?.()
      shop.release()

      expect(await answer).toMatchObject({ status: 200, body: 'whole' })
      await Promise.all([begun, joined])
      expect(shop.told).toEqual(['answered', 'plugin after', 'db', 'plugin before'])
      await expectClosed(shop)
    })
  }

  test('app.close() during the lame duck: Fastify serves everybody to its end, and then drains', async () => {
    const shop = await createShop()
    await shop.open()
    const drained = shop.lifecycle.shutdown({ lameDuck: '2s' })

    const closed = shop.app.close()
    expect(await shop.ask('/')).toMatchObject({ status: 200, body: 'served' })
    expect(await shop.ask('/readyz')).toMatchObject({ status: 503 })
    const { answer } = await shop.askSlow()
    expect({ listening: shop.app.server.listening, told: shop.told }).toEqual({ listening: true, told: [] })
    await shop.reached('listener-closed')
    shop.release()

    expect(await answer).toMatchObject({ status: 200, body: 'whole' })
    await Promise.all([drained, closed])
    expect(shop.told).toEqual(['answered', 'plugin after', 'db', 'plugin before'])
    await expectClosed(shop)
  })

  test('app.close() when the lifecycle has drained and closes the app itself', async () => {
    const shop = await createShop()
    let joined: Promise<undefined> | undefined
    shop.app.addHook('preClose', async () => {
      joined = shop.app.close()
    })
    await shop.open()
    await shop.lifecycle.shutdown()
    await joined
    expect(shop.told).toEqual(['plugin after', 'plugin before', 'db'])
    await expectClosed(shop)
  })
})

describe('an app that never listened', () => {
  test('closes when it was never ready', async () => {
    const shop = await createShop()
    await shop.app.close()
    expect(shop.told).toEqual(['plugin after', 'plugin before'])
    await expectClosed(shop)
  })

  test('closes when it has answered inject() only', async () => {
    const shop = await createShop()
    await shop.app.inject('/')
    await shop.app.close()
    expect(shop.told).toEqual(['plugin after', 'plugin before'])
    await expectClosed(shop)
  })

  for (const way of ['shutdown()', 'app.close()'] as const) {
    test(`closes what start() has begun: ${way}`, async () => {
      const shop = await createShop()
      await shop.lifecycle.start()
      await shop.lifecycle.whenReady()
      await (way === 'app.close()' ? shop.app.close() : shop.lifecycle.shutdown())
      expect(shop.told).toContain('db')
      await expectClosed(shop)
    })
  }
})
