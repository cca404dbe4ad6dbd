import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startHaproxy, startNginx } from '../src/index.js'

const backend = createServer((request, response) => response.end(`served ${request.method} ${request.url}`))
let servers: Record<string, number>

beforeAll(async () => {
  await once(backend.listen(0, '127.0.0.1'), 'listening')
  const address = backend.address()
  servers = { 'shop-1': typeof address === 'object' ? (address?.port ?? 0) : 0 }
})
afterAll(() => {
  backend.close()
  backend.closeAllConnections()
})

async function post(url: string): Promise<string> {
  const response = await fetch(`${url}/orders`, { method: 'POST', body: 'one', headers: { connection: 'close' } })
  return response.text()
}

describe('startHaproxy', () => {
  it("passes requests on, with the example's configuration", async () => {
    let log = ''
    const haproxy = await startHaproxy({ servers, onLog: (text) => (log += text) })
    const { statsSocket } = haproxy.connection
    expect(await post(haproxy.url)).toBe('served POST /orders')
    expect(existsSync(statsSocket)).toBe(true)
    const config = await readFile(`${dirname(statsSocket)}/haproxy.cfg`, 'utf8')
    expect(config).toContain(`    server shop-1 127.0.0.1:${servers['shop-1']}\n`)
    expect(config).not.toContain('10.0.0')

    await haproxy.close()
    await expect(post(haproxy.url)).rejects.toThrow('fetch failed')
    expect(existsSync(dirname(statsSocket))).toBe(false)
    expect(log).toContain('web shop/shop-1')
  })

  it('changes what it is asked to, which has to be there', async () => {
    const haproxy = await startHaproxy({ servers, changes: { 'retries 3': 'retries 0' } })
    const config = await readFile(`${dirname(haproxy.connection.statsSocket)}/haproxy.cfg`, 'utf8')
    await haproxy.close()
    expect(config).toContain('    retries 0\n')

    await expect(startHaproxy({ servers, changes: { 'retries 4': 'retries 0' } })).rejects.toThrow(
      '"retries 4" is in examples/haproxy/haproxy.cfg 0 times',
    )
  })

  it('rejects with what HAProxy says of a configuration that is wrong', async () => {
    await expect(startHaproxy({ servers, changes: { 'balance roundrobin': 'balance nobody' } })).rejects.toThrow(
      'balance',
    )
  })
})

describe('startNginx', () => {
  it("passes requests on, with the example's configuration", async () => {
    const nginx = await startNginx({ servers })
    const { accessLog } = nginx.connection
    expect(await post(nginx.url)).toBe('served POST /orders')
    await expect
      .poll(() => readFile(accessLog, 'utf8'))
      .toContain(`"POST /orders HTTP/1.1" 200 tried "127.0.0.1:${servers['shop-1']}" said "200"`)

    await nginx.close()
    await expect(post(nginx.url)).rejects.toThrow('fetch failed')
    expect(existsSync(accessLog)).toBe(false)
  })

  it('rejects with what nginx says of a configuration that is wrong', async () => {
    await expect(
      startNginx({ servers, changes: { 'worker_processes auto': 'worker_processes many' } }),
    ).rejects.toThrow('worker_processes')
  })
})
