import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'

import { createStepContext, runCheck } from '@tidegate/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { tlsCertificate } from '../src/index.ts'
import { check, checkUntil } from './support/check.ts'
import { issueCertificate } from './support/issue-certificate.ts'
import type { Issued } from './support/issue-certificate.ts'

const DAY_S = 24 * 60 * 60
const EXPIRED = { from: -2 * DAY_S, to: -DAY_S }

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function serve({ cert, key }: Issued): Promise<number> {
  return listen(createTlsServer({ cert, key }, (socket) => socket.on('error', () => {}).end()))
}

describe('a certificate that a server shows', () => {
  it('fails when it has expired, and passes when the server shows another', async () => {
    const expired = issueCertificate(EXPIRED)
    const renewed = issueCertificate()
    const server = createTlsServer({ cert: expired.cert, key: expired.key }, (socket) => {
      socket.on('error', () => {})
    })
    const dependency = tlsCertificate({ host: '127.0.0.1', port: await listen(server) })

    const failed = await check(dependency)
    server.setSecureContext({ cert: renewed.cert, key: renewed.key })
    const recovered = await check(dependency)

    expect(failed).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^the certificate of localhost expired on /),
    })
    expect(recovered).toMatchObject({ status: 'pass', data: { daysLeft: 89 } })
  })

  it('warns when it is about to expire, in as many days as asked for', async () => {
    const port = await serve(issueCertificate({ to: 10.5 * DAY_S }))

    const byDefault = await check(tlsCertificate({ host: '127.0.0.1', port }))
    const later = await check(tlsCertificate({ host: '127.0.0.1', port, warnDays: 7 }))

    expect(byDefault).toMatchObject({ status: 'warn', message: expect.stringContaining('expires in 10 days') })
    expect(later.status).toBe('pass')
  })

  it('judges the intermediates that the server sends along', async () => {
    const authority = { ...issueCertificate({ name: 'Tide Authority' }), name: 'Tide Authority' }
    const between = { ...issueCertificate({ name: 'Tide Between', to: -60, issuer: authority }), name: 'Tide Between' }
    const leaf = issueCertificate({ issuer: between })
    const port = await serve({ ...leaf, cert: leaf.cert + between.cert })

    expect(await check(tlsCertificate({ host: '127.0.0.1', port }))).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('the certificate of Tide Between expired'),
    })
  })

  it('fails when nobody listens', async () => {
    const server = createServer()
    const port = await listen(server)
    server.close()
    await once(server, 'close')

    expect(await check(tlsCertificate({ host: '127.0.0.1', port }))).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('lets go of a server that never shakes hands when the signal aborts', async () => {
    const server = createServer()
    const port = await listen(server)
    const controller = new AbortController()
    const checking = runCheck(
      tlsCertificate({ host: '127.0.0.1', port }),
      createStepContext({ signal: controller.signal }),
    )
    const [socket] = await once(server, 'connection')
    socket.on('error', () => {}).resume()
    const closed = once(socket, 'close')
    controller.abort()

    expect((await checking).status).toBe('fail')
    await closed
  })
})

describe('a certificate of our own', () => {
  it('fails in the second in which it expires', async () => {
    const { cert } = issueCertificate({ to: 3 })
    const dependency = tlsCertificate({ cert, warnDays: 0 })

    const before = await check(dependency)
    const after = await checkUntil(dependency, 'fail')

    expect(before.status).toBe('pass')
    expect(after.message).toContain('expired on')
  })

  it('reads its file anew each time, so that a renewed one passes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-certificate-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'cert.pem')
    const dependency = tlsCertificate({ file })
    const results = [await check(dependency)]
    for (const validity of [EXPIRED, {}]) {
      const { cert, key } = issueCertificate(validity)
      await writeFile(file, key + cert)
      results.push(await check(dependency))
    }

    expect(results.map(({ status }) => status)).toEqual(['fail', 'fail', 'pass'])
    expect(results[0]?.message).toContain('ENOENT')
  })

  it('fails before it is valid', async () => {
    const { cert } = issueCertificate({ from: 3_600 })

    expect(await check(tlsCertificate({ cert }))).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('is not valid before'),
    })
  })
})
