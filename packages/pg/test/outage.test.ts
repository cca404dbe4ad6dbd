import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import pg from 'pg'
import { describe, expect, it } from 'vitest'

import { postgres } from '../src/index.ts'
import { removals, useServer } from './server.ts'

const server = useServer()

describe('a frozen server', () => {
  it('is given up when the run is, and collects one connection per run', async () => {
    const made: pg.Client[] = []
    class KnownClient extends pg.Client {
      constructor(config?: pg.ClientConfig) {
        super(config)
        made.push(this)
      }
    }
    const dependency = postgres(server.pool({ Client: KnownClient }))
    await runCheck(dependency)
    await server.service.freeze()
    for (let turn = 1; turn <= 4; turn += 1) {
      const run = new AbortController()
      const checking = runCheck(dependency, createStepContext({ limit: 60_000, signal: run.signal }))
      run.abort(new Error('given up'))
      expect(await checking).toMatchObject({ status: 'fail', message: 'given up' })
    }

    // The one from before the freeze, and one for each further run.
    expect(made).toHaveLength(4)
    expect(made.map(({ connection }) => connection.stream.destroyed)).toEqual([true, true, true, true])
    await server.service.thaw()
    expect(await runCheck(dependency)).toMatchObject({ status: 'pass' })
    await server.untilConnections(['shop tidegate-check'])
    await runClose(dependency)
  })

  it('is never asked twice on the same connection, even by a run that begins within the abort of the last', async () => {
    const dependency = postgres(server.pool())
    await runCheck(dependency)
    await server.service.freeze()
    const run = new AbortController()
    const first = runCheck(dependency, createStepContext({ limit: 60_000, signal: run.signal }))
    const second = new Promise((resolve) => {
      run.signal.addEventListener('abort', () => resolve(runCheck(dependency)))
    })
    run.abort(new Error('given up'))
    await first
    await server.service.thaw()

    expect(await second).toMatchObject({ status: 'pass' })
    await runClose(dependency)
  })

  it("is given up by the driver's own limits when nobody aborts: connected, and while connecting", async () => {
    const never = new AbortController().signal
    const dependency = postgres(server.pool())
    await runCheck(dependency, createStepContext({ limit: 1000, signal: never }))
    await server.service.freeze()

    expect(await runCheck(dependency, createStepContext({ limit: 1000, signal: never }))).toMatchObject({
      message: 'Query read timeout',
    })
    expect(await runCheck(dependency, createStepContext({ limit: 1000, signal: never }))).toMatchObject({
      message: 'timeout expired',
    })
  })
})

describe('a server that dies', () => {
  it('fails the check, and passes it again when it is back', async () => {
    const pool = server.pool({ min: 2 })
    const dependency = postgres(pool, { prime: 2 })
    await runWarmUp(dependency)
    await runCheck(dependency)
    await server.service.kill()

    expect(await runCheck(dependency)).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/ECONNREFUSED|terminated unexpectedly|ECONNRESET|EPIPE/),
    })
    expect(await runCheck(dependency)).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') })
    await server.service.start()
    expect(await runCheck(dependency)).toMatchObject({ status: 'pass' })
    expect(await pool.query('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] })
    await runClose(dependency)
  })

  it('does not crash the process: the first lost connection is logged, the others are not', async () => {
    const pool = server.pool({ min: 3 })
    const context = createStepContext()
    const dependency = postgres(pool, { prime: 3 })
    await runWarmUp(dependency, context)
    const lost = removals(pool, 3)
    await server.service.restart()
    await lost

    const told = context.lines.filter(({ level }) => level === 'warn')
    expect(told).toEqual([
      {
        level: 'warn',
        fields: { code: '57P01' },
        message: 'the pool lost a connection: terminating connection due to administrator command (57P01)',
      },
    ])
    expect(await pool.query('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] })
  })

  it('does not crash the process over a client that is checked out and idle', async () => {
    const pool = server.pool()
    await runWarmUp(postgres(pool))
    const client = await pool.connect()
    const ended = new Promise((resolve) => client.once('end', () => resolve('ended')))
    await server.service.kill()

    expect(await ended).toBe('ended')
    await expect(client.query('SELECT 1')).rejects.toThrow('not queryable')
    client.release()
    expect(pool.totalCount).toBe(0)
  })

  it('is not noticed by the next check when it was only restarted', async () => {
    const dependency = postgres(server.pool())
    await runCheck(dependency)
    await server.service.restart()
    await server.untilConnections([])

    expect(await runCheck(dependency)).toMatchObject({ status: 'pass' })
    await runClose(dependency)
  })
})
