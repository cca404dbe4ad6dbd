import { once } from 'node:events'
import { createServer, request as ask } from 'node:http'
import type { RequestListener, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { createBackend, createStepContext, runCheck, runDependencySuite } from '@tidegate/testing'
import { describe, expect, it, onTestFinished, test } from 'vitest'

import { http } from '../src/index.ts'
import { check } from './support/check.ts'
import { issueCertificate } from './support/issue-certificate.ts'

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health`)
}

it('fails on a 500, and passes when the server is well again', async () => {
  let status = 500
  const url = await serve((_request, response) => response.writeHead(status).end())
  const dependency = http({ url })

  const failed = await check(dependency)
  status = 204
  const recovered = await check(dependency)

  expect(failed).toEqual({ status: 'fail', message: 'answered 500, not 2xx', data: { status: 500 } })
  expect(recovered).toEqual({ status: 'pass', data: { status: 204 } })
})

it('fails on a server that hangs when the signal aborts, and passes when it answers', async () => {
  let hang = true
  let reached = (): void => {}
  const asked = new Promise<void>((resolve) => {
    reached = resolve
  })
  const url = await serve((_request, response) => {
    if (!hang) response.end('well')
    reached()
  })
  const dependency = http({ url })
  const controller = new AbortController()

  const hung = runCheck(dependency, createStepContext({ signal: controller.signal }))
  await asked
  controller.abort(new Error('given up'))
  hang = false

  expect(await hung).toEqual({ status: 'fail', message: 'given up' })
  expect((await check(dependency)).status).toBe('pass')
})

it('takes the status it is told to expect, and no other', async () => {
  const url = await serve((_request, response) => response.writeHead(401).end())

  expect((await check(http({ url, status: [401, 403] }))).status).toBe('pass')
  expect((await check(http({ url, status: 200 }))).message).toBe('answered 401, not 200')
})

it('does not follow a redirect, nor tell where it leads', async () => {
  const paths: (string | undefined)[] = []
  const url = await serve((request, response) => {
    paths.push(request.url)
    response.writeHead(302, { location: '/login?token=abc' }).end()
  })

  expect((await check(http({ url }))).message).toBe('answered 302, not 2xx, and redirects are not followed')
  expect(paths).toEqual(['/health'])
})

it('cuts a body that has no end, and judges the status', async () => {
  let flood: ServerResponse | undefined
  const url = await serve((_request, response) => {
    flood = response
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) {}
    }
    response.on('drain', write)
    write()
  })

  expect((await check(http({ url, maxBody: 100_000 }))).status).toBe('pass')
  if (flood !== undefined && !flood.closed) await once(flood, 'close')
  expect(flood?.destroyed).toBe(true)
})

it('fails when the answer breaks off', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half', () => response.destroy())
  })

  expect((await check(http({ url }))).status).toBe('fail')
})

it('sends its headers and the credentials of its URL, and tells neither', async () => {
  const seen: unknown[] = []
  const url = await serve(({ headers }, response) => {
    seen.push(headers['authorization'], headers['x-key'])
    response.writeHead(500).end()
  })
  url.username = 'shop'
  url.password = 'hunter2'
  url.search = '?token=s3cret'
  const result = await check(http({ url, headers: { 'x-key': 'k3y' } }))

  expect(seen).toEqual([`Basic ${btoa('shop:hunter2')}`, 'k3y'])
  expect(JSON.stringify(result)).not.toMatch(/hunter2|k3y|s3cret/)
})

it('trusts the authorities it is given, and nobody else', async () => {
  const { cert, key } = issueCertificate()
  const server = createHttpsServer({ cert, key }, (_request, response) => response.end())
  await once(server.listen(0, 'localhost'), 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `https://localhost:${(server.address() as AddressInfo).port}`

  expect((await check(http({ url }))).message).toMatch(/self.signed certificate/)
  expect((await check(http({ url, ca: cert }))).status).toBe('pass')
})

runDependencySuite(
  'http',
  async () => {
    const inner = createServer((_request, response) => response.end('well'))
    const backend = await createBackend((socket) => void inner.emit('connection', socket))
    const url = `http://localhost:${backend.port}`
    const use = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        ask(url, { agent: false }, (response) => response.resume().on('end', () => resolve(response.statusCode)))
          .on('error', reject)
          .end()
      })
    return {
      ...backend,
      dependency: (options) => http({ url: `http://shop:hunter2@localhost:${backend.port}`, ...options }),
      use,
      occupy: async () => ({ finish: () => {}, done: Promise.resolve() }),
      secrets: ['hunter2'],
    }
  },
  {
    describe,
    test,
    without: {
      warmUp: 'there is nothing to open ahead: the first result is awaited before ready',
      close: 'every check has a connection of its own',
    },
  },
)
