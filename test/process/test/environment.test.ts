import { describe, expect } from 'vitest'

import { failureOf } from '../harness/failure-of.ts'
import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'

describe.concurrent('the environment', () => {
  it('changes the numbers of the shutdown without a build', async ({ spawnProgram, request }) => {
    const app = spawnProgram('mixture', {
      args: ['node-http', '{ "lameDuck": false, "requests": "10s" }'],
      env: { TIDEGATE_LAME_DUCK: '300ms', TIDEGATE_REQUESTS: '500ms', TIDEGATE_CLOSE: '3s', TIDEGATE_MARGIN: '2000' },
    })
    const cut = failureOf(request(await app.port(), '/never'))
    await app.line('asked')
    app.signal('SIGTERM')
    expect(await cut).toBe('ECONNRESET')
    await app.exit
    expect(await recordOf(app)).toMatchObject({
      lameDuck: { plannedMs: 300, why: 'shutdown.lameDuck' },
      drain: { plannedMs: 14_700 },
      close: { plannedMs: 3_000 },
      requests: { cut: 1 },
    })
  })

  it('keeps a process from starting when a variable is misspelt or cannot work', async ({ spawnProgram }) => {
    const app = spawnProgram('mixture', {
      args: ['node-http'],
      env: { TIDEGATE_LAMEDUCK: '5s', TIDEGATE_GRACE_PERIOD: '60', TIDEGATE_CLOSE: 'soon' },
    })
    expect(await app.exit).toMatchObject({ code: 1, signal: null })
    const { transcript } = app
    expect(transcript).toContain('TIDEGATE_CONFIG')
    expect(transcript).toContain("TIDEGATE_LAMEDUCK: is no variable of Tidegate's; did you mean TIDEGATE_LAME_DUCK?")
    expect(transcript).toContain("TIDEGATE_GRACE_PERIOD: 60 is in milliseconds; did you mean '60s'?")
    expect(transcript).toContain('TIDEGATE_CLOSE: cannot be read as a duration: "soon"')
    expect(app.said('listening')).toBe(false)
  })
})
