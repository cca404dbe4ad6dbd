import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { connectRaw, request } from '../harness/raw-client.ts'
import type { RawClient } from '../harness/raw-client.ts'
import { recordOf } from '../harness/record-of.ts'

const SHUTDOWN = { lameDuck: '2s', linger: '10s' }

describe.concurrent('requests that come after the lame duck', () => {
  it("are refused with `late: 'reject'`, and told when to come back; probes are answered", async ({ spawnProgram }) => {
    const app = spawnProgram('mixture', { args: ['node-http', JSON.stringify({ ...SHUTDOWN, late: 'reject' })] })
    const port = await app.port()
    const [inTime, late, live, ready] = [
      await connectRaw(port),
      await connectRaw(port),
      await connectRaw(port),
      await connectRaw(port),
    ]
    const answerTo = async (client: RawClient, path: string): Promise<string> => {
      client.send(request(`GET ${path}`))
      expect(await client.closed).toBe('end')
      return client.received
    }

    app.signal('SIGTERM')
    await app.line('drain: lame-duck')
    expect(await answerTo(inTime, '/')).toMatch(/^HTTP\/1.1 200 [^]*served$/)

    await app.line('drain: listener-closed')
    const refused = await answerTo(late, '/')
    expect(refused).toMatch(/^HTTP\/1.1 503 [^]*\r\n\r\n\{"status":"fail","reason":"draining"\}$/)
    expect(refused).toMatch(/\r\nretry-after: 1\r\n/i)
    expect(refused).toMatch(/\r\nconnection: close\r\n/i)
    expect(await answerTo(live, '/livez')).toMatch(/^HTTP\/1.1 200 [^]*connection: close/i)
    const readiness = await answerTo(ready, '/readyz')
    expect(readiness).toMatch(/^HTTP\/1.1 503 [^]*connection: close/i)
    expect(readiness).toContain('"phase":"draining"')

    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(app.spokenOn('stdout').filter(({ msg }) => msg === 'asked')).toHaveLength(1)
    expect(await recordOf(app)).toMatchObject({ requests: { inFlight: 0, finished: 1, rejected: 1, cut: 0 } })
  })

  it('are served by default', async ({ spawnProgram }) => {
    const app = spawnProgram('mixture', { args: ['node-http', JSON.stringify({ ...SHUTDOWN, lameDuck: false })] })
    const client = await connectRaw(await app.port())
    app.signal('SIGTERM')
    await app.line('drain: listener-closed')
    client.send(request('GET /'))
    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/^HTTP\/1.1 200 [^]*connection: close[^]*served$/i)
    expect(await app.exit).toMatchObject({ code: 0, signal: null })
    expect(await recordOf(app)).toMatchObject({ requests: { finished: 1, rejected: 0 } })
  })
})
