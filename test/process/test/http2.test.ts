import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { recordOf } from '../harness/record-of.ts'
import { runH2load } from '../harness/run-h2load.ts'
import { runNghttp } from '../harness/run-nghttp.ts'
import type { Frame } from '../harness/run-nghttp.ts'

const CLIENTS = 8
const STREAMS = 20
const END_STREAM = 0x1

function streamsOf(frames: readonly Frame[]): number[] {
  return frames.map(({ stream }) => stream).toSorted((one, other) => one - other)
}

describe.each([
  ['cleartext', 'http'],
  ['secure', 'https'],
])('nghttp2 at a server that leaves, %s', (kind, scheme) => {
  it('every stream that h2load has started is answered, or refused before any handler has seen it', async ({
    spawnProgram,
  }) => {
    const program = spawnProgram('http2', { args: [kind] })
    const running = runH2load(`${scheme}://127.0.0.1:${await program.port()}/`, CLIENTS, STREAMS)
    await program.line('busy')
    program.signal('SIGTERM')

    const { started, done, succeeded, status2xx, statuses } = await running
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    const { handled } = await program.line('over')
    const { requests, connections } = await recordOf(program)
    const refused = started - succeeded
    console.log(`h2load, ${kind}: ${started} streams, ${succeeded} answered, ${refused} refused`)
    expect(succeeded).toBe(handled)
    expect(status2xx).toBe(handled)
    // Some by RST_STREAM; the others have met a GOAWAY whose last stream comes before them, and the end of the connection.
    expect(done).toBeLessThanOrEqual(started)
    expect(statuses.filter((status) => status === '-1')).toHaveLength(done - succeeded)
    expect(statuses.filter((status) => status === '200')).toHaveLength(succeeded)
    expect(connections).toMatchObject({ open: CLIENTS, http2: CLIENTS, cut: 0 })
    expect(requests).toMatchObject({ inFlight: expect.any(Number), cut: 0 })
    expect(requests.inFlight).toBeGreaterThan(0)
    expect(requests.finished).toBeGreaterThanOrEqual(requests.inFlight)
  })

  it('nghttp is told by a GOAWAY which stream is the last, and gets the answers to those in flight', async ({
    spawnProgram,
  }) => {
    const program = spawnProgram('http2', { args: [kind] })
    const url = `${scheme}://127.0.0.1:${await program.port()}/waits`
    const running = runNghttp([`${url}/1`, `${url}/2`, `${url}/3`])
    await program.line('asked', 3)
    program.signal('SIGTERM')

    const frames = await running
    expect(await program.exit).toMatchObject({ code: 0, signal: null })
    const asked = streamsOf(frames.filter(({ from, type }) => from === 'client' && type === 'HEADERS'))
    expect(asked).toHaveLength(3)
    const received = frames.filter(({ from }) => from === 'server')
    const goaway = received.findIndex(({ type }) => type === 'GOAWAY')
    expect(received[goaway]).toMatchObject({ lastStream: Math.max(...asked), error: 'NO_ERROR' })
    // All of them after the GOAWAY, and each to its end.
    const answers = received.filter(({ type }) => type === 'HEADERS')
    expect(streamsOf(answers)).toEqual(asked)
    expect(received.slice(0, goaway).filter(({ stream }) => asked.includes(stream))).toEqual([])
    expect(streamsOf(received.filter(({ flags, type }) => type === 'DATA' && (flags & END_STREAM) !== 0))).toEqual(
      asked,
    )
    expect(received.filter(({ type }) => type === 'RST_STREAM')).toEqual([])
    expect(await recordOf(program)).toMatchObject({ requests: { inFlight: 3, finished: 3, cut: 0 }, exitCode: 0 })
  })
})
