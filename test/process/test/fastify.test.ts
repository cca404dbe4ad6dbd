import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

describe.concurrent('a Fastify app', () => {
  it('serves on in the lame duck, and on SIGTERM closes after its last answer, with all its plugins', async ({
    spawnProgram,
    request,
  }) => {
    const app = spawnProgram('fastify', { args: ['{ "lameDuck": "2s" }'] })
    const port = await app.port()
    const waiting = request(port, '/until-the-drain')
    await app.line('asked')
    app.signal('SIGTERM')
    await app.line('drain: lame-duck')
    expect(await request(port, '/')).toMatchObject({ status: 200, body: 'served' })
    expect(await request(port, '/livez')).toMatchObject({ status: 200 })
    expect(await request(port, '/readyz')).toMatchObject({ status: 503 })
    expect(await waiting).toMatchObject({ body: 'the whole answer', headers: { connection: 'close' } })
    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(app.spokenOn('stdout').map(({ msg }) => msg)).toEqual(['listening', 'asked', 'plugin closed', 'pool closed'])
    expect(await recordOf(app)).toMatchObject({
      reason: 'SIGTERM',
      requests: { cut: 0 },
      steps: [
        { step: 'drained', name: 'close Fastify', outcome: 'done' },
        { step: 'close', name: 'pool', outcome: 'done' },
      ],
    })
  })

  it('closed by itself drains without a lame duck, closes everything, and never exits the process', async ({
    spawnProgram,
    request,
  }) => {
    const app = spawnProgram('fastify', { args: ['{ "lameDuck": "10s" }'] })
    const waiting = request(await app.port(), '/until-the-drain')
    await app.line('asked')
    app.endInput()
    expect(await waiting).toMatchObject({ body: 'the whole answer', headers: { connection: 'close' } })
    expect(await app.line('app closed')).toMatchObject({ phase: 'stopped' })
    await app.line('nothing left to do')
    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(app.said('drain: lame-duck')).toBe(false)
    expect(await recordOf(app)).toMatchObject({ reason: 'Fastify was closed', requests: { finished: 1, cut: 0 } })
  })

  for (const [first, second] of [
    ['SIGTERM', 'app.close()'],
    ['app.close()', 'SIGTERM'],
  ] as const) {
    it(`exits with 0 when ${second} comes while it drains after ${first}`, async ({ spawnProgram, request }) => {
      const app = spawnProgram('fastify')
      const waiting = request(await app.port(), '/until-both')
      await app.line('asked')
      if (first === 'SIGTERM') {
        app.signal('SIGTERM')
        await app.line('drain: listener-closed')
        app.endInput()
      } else {
        app.endInput()
        await app.line('drain: listener-closed')
        app.signal('SIGTERM')
      }
      expect(await waiting).toMatchObject({ body: 'the whole answer' })
      expect(await app.exit).toMatchObject({ code: 0, signal: null })
      const record = await recordOf(app)
      const reason = first === 'SIGTERM' ? 'SIGTERM' : 'Fastify was closed'
      expect(record).toMatchObject({ reason, requests: { cut: 0 } })
      expect(record.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
      expect(app.said('plugin closed')).toBe(true)
      expect(app.said('pool closed')).toBe(true)
      expect(app.said('nothing left to do')).toBe(false)
    })
  }
})
