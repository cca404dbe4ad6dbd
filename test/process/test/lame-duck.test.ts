import { once } from 'node:events'
import { connect } from 'node:net'

import { describe, expect } from 'vitest'

import { failureOf } from '../harness/failure-of.ts'
import { FRAMEWORKS } from '../harness/frameworks.ts'
import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

const IN_KUBERNETES = { KUBERNETES_SERVICE_HOST: '10.0.0.1' }

describe.concurrent.each(FRAMEWORKS)('the lame duck with %s', (framework) => {
  // Its default is ten seconds long; the test ends with it still serving.
  it('serves on in Kubernetes, and tells every probe but liveness', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework], env: IN_KUBERNETES })
    const port = await app.port()
    expect((await request(port, '/readyz')).status).toBe(200)
    app.signal('SIGTERM')
    expect(await app.line('drain: lame-duck')).toMatchObject({ reason: 'running in Kubernetes' })
    expect(await request(port, '/')).toMatchObject({ status: 200, body: 'served' })
    expect((await request(port, '/readyz')).status).toBe(503)
    expect((await request(port, '/healthz')).status).toBe(503)
    expect((await request(port, '/livez')).status).toBe(200)
    expect(app.said('drain: listener-closed')).toBe(false)
  })

  it('serves on where readiness was asked for', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework] })
    const port = await app.port()
    await request(port, '/readyz')
    app.signal('SIGTERM')
    const { reason } = await app.line('drain: lame-duck')
    expect(reason).toContain('readiness was asked for')
    expect(await request(port, '/')).toMatchObject({ status: 200, body: 'served' })
    expect(app.said('drain: listener-closed')).toBe(false)
  })

  it('is left out where nobody has asked', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework] })
    const port = await app.port()
    await request(port, '/')
    await request(port, '/livez')
    app.signal('SIGTERM')
    expect(await app.exit).toMatchObject({ code: 0 })
    const { lameDuck } = await recordOf(app)
    expect(lameDuck.plannedMs).toBe(0)
    expect(lameDuck.why).toContain('nobody has asked')
    expect(app.said('drain: lame-duck')).toBe(false)
  })

  it('is left out on SIGINT, even in Kubernetes', async ({ spawnProgram }) => {
    const app = spawnProgram('app', { args: [framework], env: IN_KUBERNETES })
    await app.port()
    app.signal('SIGINT')
    expect(await app.exit).toMatchObject({ code: 0 })
    const { lameDuck } = await recordOf(app)
    expect(lameDuck.plannedMs).toBe(0)
    expect(lameDuck.why).toContain('SIGINT')
  })

  it('lasts as long as was asked for, then only open connections are served', async ({ spawnProgram, request }) => {
    const app = spawnProgram('app', { args: [framework, '{ "lameDuck": "3s", "linger": "10s" }'] })
    const port = await app.port()
    app.signal('SIGTERM')
    await app.line('drain: lame-duck')
    // Opened after the signal, so it is not told to close yet.
    expect(await request(port, '/')).toMatchObject({ status: 200, headers: { connection: 'keep-alive' } })
    await app.line('drain: listener-closed')
    expect(await failureOf(once(connect(port, '127.0.0.1'), 'connect'))).toBe('ECONNREFUSED')
    expect(await request(port, '/')).toMatchObject({ status: 200, headers: { connection: 'close' } })
    expect(await app.exit).toMatchObject({ code: 0 })
    const { lameDuck, requests } = await recordOf(app)
    expect(requests).toMatchObject({ inFlight: 0, finished: 2, refused: 0, cut: 0 })
    expect(lameDuck).toMatchObject({ plannedMs: 3_000, why: 'shutdown.lameDuck' })
    // Node's timers may fire a millisecond early.
    expect(lameDuck.usedMs).toBeGreaterThanOrEqual(2_990)
  })
})
