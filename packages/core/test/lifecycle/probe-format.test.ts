import { createServer } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'

import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, LifecycleOptions, ProbeView, RenderProbe } from '../../src/index.ts'
import { portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const SECRET = 'password authentication failed for user "shop"'
const CHROME = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const page: RenderProbe = ({ kind, verdict }) => ({ body: `<h1>${kind}: ${verdict}</h1>` })

async function failingLifecycle(options: LifecycleOptions = {}): Promise<Lifecycle> {
  const lifecycle = createLifecycle({
    service: { name: 'shop', instance: 'host-1' },
    dependencies: [{ name: 'postgres', check: () => Promise.reject(new Error(SECRET)) }],
    shutdown: { signals: false, linger: false },
    logger: false,
    ...options,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const failed = new Promise((resolve) => lifecycle.on('check', resolve))
  await lifecycle.start()
  await failed
  return lifecycle
}

function ask(lifecycle: Lifecycle, url = '/healthz', accept: string | undefined = CHROME) {
  const answer = lifecycle.probe({ url, headers: { accept, 'x-team': ['a', 'b'] }, address: '10.0.0.9' })
  if (answer === undefined) throw new Error(`${url} is no probe`)
  return answer
}

test('whoever wants HTML more than JSON gets what was added for it, with the status of the probe', async () => {
  const lifecycle = await failingLifecycle()
  lifecycle.addProbeFormat('text/html', page)

  expect(ask(lifecycle)).toEqual({
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-length': '21',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'retry-after': '1',
    },
    body: '<h1>health: fail</h1>',
  })
  expect(ask(lifecycle, '/livez')).toMatchObject({ status: 200, body: '<h1>live: pass</h1>' })
})

test.each([undefined, '', '*/*', 'application/json, text/html, */*', 'image/png'])(
  'whoever sends "Accept: %s" gets the same JSON as ever, made once',
  async (accept) => {
    const lifecycle = await failingLifecycle()
    const before = lifecycle.probe({ url: '/healthz' })
    lifecycle.addProbeFormat('text/html', page)

    expect(lifecycle.probe({ url: '/healthz', headers: { accept } })).toBe(before)
  },
)

test('ten thousand kinds of Accept are answered and not kept', async () => {
  const lifecycle = await failingLifecycle()
  lifecycle.addProbeFormat('text/html', page)

  for (let index = 0; index < 10_000; index++) ask(lifecycle, '/healthz', `text/html;q=0.5, image/x-${index}`)

  expect(ask(lifecycle).body).toContain('<h1>')
  expect(ask(lifecycle, '/healthz', 'application/json').body).toContain('"status"')
})

test('a form is told who asks, for what, and how much it may show', async () => {
  const lifecycle = await failingLifecycle()
  let view: ProbeView | undefined
  lifecycle.addProbeFormat('text/html', (given) => {
    view = given
    return { body: '' }
  })

  ask(lifecycle, '/healthz/postgres?x=1')

  expect(view).toMatchObject({
    kind: 'health',
    dependency: 'postgres',
    verdict: 'fail',
    status: 503,
    details: 'summary',
    excluded: [],
  })
  expect(view?.prober).toMatchObject({
    kind: 'health',
    method: 'GET',
    url: '/healthz/postgres?x=1',
    path: '/healthz/postgres',
    userAgent: undefined,
    address: '10.0.0.9',
    probePort: false,
  })
  expect(view?.prober.header('x-team')).toBe('a, b')
})

test.each(['none', 'summary', 'full'] as const)(
  'a form is given as much of the report as "%s" allows',
  async (details) => {
    const check = (): Promise<void> => Promise.reject(new Error(SECRET))
    const dependencies = [{ name: 'postgres', critical: false, check }]
    const lifecycle = await failingLifecycle({ probes: { details }, dependencies })
    await lifecycle.whenReady()
    let view: ProbeView | undefined
    lifecycle.addProbeFormat('text/html', (given) => {
      view = given
      return { body: '' }
    })
    lifecycle.hold('deploying by alice')

    ask(lifecycle)

    const shown = JSON.stringify(view?.report)
    expect(shown.includes('postgres')).toBe(details !== 'none')
    expect(shown.includes('shop')).toBe(details !== 'none')
    for (const secret of ['password', 'alice', 'latencyMs', 'host-1']) {
      expect([secret, shown.includes(secret)]).toEqual([secret, details === 'full'])
    }
  },
)

test('a form that throws, or makes what cannot be sent, leaves the answer to JSON, and this is logged once', async () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = await failingLifecycle({ logger })
  const faults: RenderProbe[] = [
    () => {
      throw new Error('no template')
    },
    () => ({ body: 1 as unknown as string }),
    () => ({ body: '', headers: { 'content-security-policy': 'a\r\nset-cookie: b' } }),
    () => Promise.resolve({ body: '' }) as unknown as { body: string },
  ]
  for (const fault of faults) {
    const remove = lifecycle.addProbeFormat('text/html', fault)
    expect(ask(lifecycle).headers['content-type']).toBe('application/json; charset=utf-8')
    expect(ask(lifecycle).status).toBe(503)
    remove()
  }
  expect(lines.filter(({ message }) => message.includes('text/html could not be made'))).toHaveLength(faults.length)
})

test('a form may leave an answer to JSON, and be removed', async () => {
  const lifecycle = await failingLifecycle()
  const remove = lifecycle.addProbeFormat('text/html', (view) => (view.kind === 'live' ? undefined : page(view)))

  expect(ask(lifecycle, '/livez').body).toContain('"status"')
  expect(ask(lifecycle, '/readyz').body).toContain('<h1>')
  expect(ask(lifecycle, '/healthz/nobody')).toMatchObject({
    status: 404,
    body: expect.stringContaining('"error"') as string,
  })
  remove()
  expect(ask(lifecycle, '/readyz').body).toContain('"status"')
})

test('a form sets headers of its own, but none of those that every probe has', async () => {
  const lifecycle = await failingLifecycle()
  const headers = { 'Content-Security-Policy': "default-src 'none'", 'Content-Length': '999' }
  lifecycle.addProbeFormat('text/html', () => ({ body: 'é', headers }))

  expect(ask(lifecycle).headers).toMatchObject({
    'content-security-policy': "default-src 'none'",
    'content-length': '2',
  })
})

test.each([
  [['text/HTML', page], 'media type'],
  [['html', page], 'media type'],
  [['text/html; charset=utf-8', page], 'media type'],
  [['text/html', 'page'], 'function'],
  [['application/json', page], 'rely on'],
] as const)('addProbeFormat refuses %j', async ([mediaType, render], why) => {
  const lifecycle = createLifecycle({ logger: false })
  const add = (): unknown => lifecycle.addProbeFormat(mediaType, render as RenderProbe)
  expect(add).toThrow(expect.objectContaining({ code: 'TIDEGATE_CONFIG' }))
  expect(add).toThrow(why)
})

test('addProbeFormat refuses a second form of the same type', () => {
  const lifecycle = createLifecycle({ logger: false })
  lifecycle.addProbeFormat('text/html', page)
  expect(() => lifecycle.addProbeFormat('text/html', page)).toThrow('twice')
})

test('every kind of server hands the request on: HTTP/1.1, HTTP/2 and Fetch', async () => {
  const lifecycle = await failingLifecycle()
  lifecycle.addProbeFormat('text/html', ({ prober }) => ({ body: `${prober.userAgent} ${prober.address}` }))
  const plain = await lifecycle.listen(createServer(), 0, '127.0.0.1')
  const modern = await lifecycle.listen(createHttp2Server(), 0, '127.0.0.1')
  const headers = { accept: 'text/html', 'user-agent': 'alice' }

  const overHttp1 = await fetch(`http://127.0.0.1:${portOf(plain)}/healthz`, { headers })
  const session = connect(`http://127.0.0.1:${portOf(modern)}`)
  let overHttp2 = ''
  for await (const chunk of session.request({ ':path': '/healthz', ...headers })) overHttp2 += String(chunk)
  session.close()

  expect(await overHttp1.text()).toBe('alice 127.0.0.1')
  expect(overHttp2).toBe('alice 127.0.0.1')
  const asked = new Request('https://shop.example/healthz', { headers })
  expect(lifecycle.probe(asked)?.body).toBe('alice undefined')
})
