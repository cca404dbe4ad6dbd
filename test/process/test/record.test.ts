import { expect } from 'vitest'

import { it } from '../harness/it.ts'
import { connectRaw, request } from '../harness/raw-client.ts'
import type { RawClient } from '../harness/raw-client.ts'
import { recordOf } from '../harness/record-of.ts'

const SHUTDOWN = { lameDuck: '1s', linger: '500ms', requests: '1500ms', longLived: '2s', close: '2s' }

it('the record says what was open, what has become of it, who was told, and what each step took', async ({
  spawnProgram,
}) => {
  const program = spawnProgram('mixture', { args: ['node-http', JSON.stringify(SHUTDOWN)] })
  const port = await program.port()
  let asked = 0
  const ask = async (text: string): Promise<RawClient> => {
    const client = await connectRaw(port)
    client.send(text)
    await program.line('asked', ++asked)
    return client
  }
  const balancer = await connectRaw(port)
  const nameless = await connectRaw(port)
  const idle = await connectRaw(port)
  const slow = await ask(request('GET /slow'))
  const hung = await ask(request('POST /never?token=secret', 'Content-Length: 0'))
  const events = await ask(request('GET /events', 'Accept: text/event-stream'))
  const broken = await ask(request('GET /broken-events', 'Accept: text/event-stream'))
  const socket = await ask(request('GET /socket?token=secret', 'Connection: Upgrade', 'Upgrade: test'))
  const peerOf = ({ socket: { localPort } }: RawClient): string => `127.0.0.1:${localPort}`
  const [hungPeer, brokenPeer] = [peerOf(hung), peerOf(broken)]

  program.signal('SIGTERM')
  await program.line('drain: lame-duck')
  balancer.send(request('HEAD /readyz', 'User-Agent: kube-probe/1.31'))
  nameless.send(request('GET /healthz'))
  const everybody = [balancer, nameless, idle, slow, hung, events, broken, socket]
  await Promise.all(everybody.map(({ closed }) => closed))
  expect(await program.exit).toMatchObject({ code: 1, signal: null })

  const ms = expect.any(Number) as number
  const { durationMs, lameDuck, drain, close, cut, ...record } = await recordOf(program)
  expect(record).toMatchObject({
    reason: 'SIGTERM',
    requests: { inFlight: 2, finished: 1, refused: 0, rejected: 0, cut: 1 },
    longLived: { open: 3, ended: 2, cut: 1 },
    connections: { open: 8, upgraded: 1, http2: 0, eventStreams: 2, active: 2, idle: 3, cut: 2 },
    probers: [
      { prober: 'kube-probe/1.31', toldAfterMs: ms, asked: 1 },
      { prober: '127.0.0.1', toldAfterMs: ms, asked: 1 },
    ],
    steps: [
      { step: 'drain', name: 'pool', plannedMs: ms, durationMs: ms, outcome: 'done' },
      { step: 'close', name: 'pool', plannedMs: ms, durationMs: ms, outcome: 'done' },
    ],
    repeatedSignals: [],
    exitCode: 1,
  })
  // All of what closing may take, as nothing comes after it.
  expect(record.steps[1]?.plannedMs).toBeGreaterThan(1_500)
  expect(cut).toEqual([
    { kind: 'request', route: 'POST /never', ageMs: ms, peer: hungPeer },
    { kind: 'long-lived', route: 'GET /broken-events', ageMs: ms, peer: brokenPeer },
  ])
  // Since before the signal: longer than the lame duck and their own limit together.
  expect(cut[0]?.ageMs).toBeGreaterThan(2_490)
  expect(cut[1]?.ageMs).toBeGreaterThan(2_990)
  expect({ lameDuck, drain, close }).toMatchObject({
    lameDuck: { plannedMs: 1_000, why: 'shutdown.lameDuck' },
    drain: { plannedMs: 2_000 },
    close: { plannedMs: 2_000 },
  })
  const used = lameDuck.usedMs + drain.usedMs + close.usedMs
  // Nothing is counted twice or left out, but for what the machine takes between two of them.
  expect(Math.abs(durationMs - used)).toBeLessThan(250)
})
