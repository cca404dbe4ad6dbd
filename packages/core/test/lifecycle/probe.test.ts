import { createServer } from 'node:http'

import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, ProbeRequest } from '../../src/index.ts'
import { portOf } from '../support/raw-client.ts'

function lifecycleWarmingUntil(warm: Promise<void>): Lifecycle {
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'cache', warmUp: () => warm }],
    shutdown: { signals: false, linger: false },
    logger: false,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  return lifecycle
}

test('a server without node objects asks by path, and hears what a server of Node answers', async () => {
  let warm = (): void => {}
  const lifecycle = lifecycleWarmingUntil(new Promise((resolve) => (warm = resolve)))
  const server = await lifecycle.listen(createServer(), 0, '127.0.0.1')
  const overHttp = async (path: string) => (await fetch(`http://127.0.0.1:${portOf(server)}${path}`)).text()

  expect(lifecycle.probe({ url: '/readyz' })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(lifecycle.probe({ url: '/readyz' })?.body).toBe(await overHttp('/readyz'))
  expect(lifecycle.probe({ url: '/' })?.body).toBe(await overHttp('/'))
  warm()
  await lifecycle.whenReady()

  expect(lifecycle.probe({ method: 'HEAD', url: '/readyz?from=balancer' })).toMatchObject({ status: 200 })
  expect(lifecycle.probe({ method: 'POST', url: '/readyz' })).toMatchObject({ status: 405 })
  expect(lifecycle.probe({ url: '/' })).toBeUndefined()
})

test('a Fetch Request is asked as it is, and its answer makes a Response', async () => {
  const lifecycle = lifecycleWarmingUntil(Promise.resolve())
  await lifecycle.start()
  await lifecycle.whenReady()

  const answer = lifecycle.probe(new Request('https://shop.example/healthz/?from=balancer'))

  const response = new Response(answer?.body, answer)
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toMatchObject({ status: 'pass' })
})

test('asking starts nothing', () => {
  const lifecycle = lifecycleWarmingUntil(Promise.resolve())

  expect(lifecycle.probe({ url: '/readyz' })).toMatchObject({ status: 503 })
  expect(lifecycle.probe({ url: '/' })).toBeUndefined()
  expect(lifecycle.phase).toBe('idle')
})

test('a URL is as good as its text', () => {
  const lifecycle = lifecycleWarmingUntil(Promise.resolve())

  expect(lifecycle.probe({ url: new URL('https://shop.example/readyz?from=balancer') })).toMatchObject({ status: 503 })
  expect(lifecycle.probe({ url: new URL('https://shop.example/') })).toBeUndefined()
})

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'probe() was given undefined'],
  ['null', null, 'probe() was given null'],
  ['a path', '/readyz', 'probe() was given "/readyz"'],
  ['a url that is none', { url: 1 }, 'probe() needs a text or a URL for its url, not 1'],
  ['a method that is none', { method: 1, url: '/readyz' }, 'probe() needs a text for its method, not 1'],
])('%s is refused with what to do', (_, request, why) => {
  const lifecycle = lifecycleWarmingUntil(Promise.resolve())

  expect(() => lifecycle.probe(request as ProbeRequest)).toThrow(
    expect.objectContaining({
      code: 'TIDEGATE_CONFIG',
      message: `${why}; give it { method: 'GET', url: '/readyz' }, or a Fetch Request`,
    }),
  )
})
