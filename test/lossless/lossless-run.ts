import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { runClient } from './client.ts'
import type { Sent } from './client.ts'

const PROGRAM = fileURLToPath(new URL('programs/counting-server.js', import.meta.url))
/** The linger of a grace period of 20 s. */
const LINGER_MS = 1_000
const BEFORE_MS = 500
/** A busy client is told to go with its next answer; a quiet one may still be connected when the linger ends. */
const BUSY_SENDS = 12
const QUIET_SENDS = 1

export interface LosslessResult {
  readonly sent: number
  /** Handlers that ran and whose client did not get the whole answer. */
  readonly unanswered: readonly string[]
  /** Requests in the server's kernel before the linger ended, and not answered. */
  readonly lost: readonly string[]
  /** Sent after the linger, and refused unread. */
  readonly refused: number
  readonly sentAfterSignal: number
  readonly sentAfterLinger: number
  readonly exitCode: number | null
}

/** One server, `clients` keep-alive connections, one SIGTERM, and requests spread from before it to two lingers after. */
export async function runLossless(clients: number): Promise<LosslessResult> {
  const folder = await mkdtemp(join(tmpdir(), 'lossless-'))
  const file = join(folder, 'handled')
  const server = spawn(process.execPath, [PROGRAM, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(server, 'exit')
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer]
    const running = Array.from({ length: clients }, (_, name) =>
      runClient(Number(port), name, moments(name % 4 === 0 ? BUSY_SENDS : QUIET_SENDS)),
    )
    const signalAt = await new Promise<bigint>((resolve) => {
      setTimeout(() => {
        const at = process.hrtime.bigint()
        server.kill('SIGTERM')
        resolve(at)
      }, BEFORE_MS)
    })
    const sent = (await Promise.all(running)).flat()
    const [exitCode] = (await exited) as [number | null]
    return judge(sent, await readFile(file, 'utf8'), signalAt, exitCode)
  } finally {
    server.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
}

/** From half a second before the signal to two lingers after it. */
function moments(count: number): number[] {
  const span = BEFORE_MS + 2 * LINGER_MS
  return Array.from({ length: count }, () => Math.random() * span)
}

function judge(sent: readonly Sent[], log: string, signalAt: bigint, exitCode: number | null): LosslessResult {
  const lingerOver = BigInt(/^linger-over (\d+)$/m.exec(log)?.[1] ?? 0)
  const handled = new Set(/^handled (.*)$/m.exec(log)?.[1]?.split(','))
  const unanswered = sent.filter(({ answered }) => !answered)
  return {
    sent: sent.length,
    unanswered: unanswered.filter(({ id }) => handled.has(id)).map(({ id }) => id),
    lost: unanswered.filter(({ at }) => at < lingerOver).map(({ id }) => id),
    refused: unanswered.filter(({ at }) => at >= lingerOver).length,
    sentAfterSignal: sent.filter(({ at }) => at > signalAt).length,
    sentAfterLinger: sent.filter(({ at }) => at > lingerOver).length,
    exitCode,
  }
}
