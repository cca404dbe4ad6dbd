import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { describe, expect, it, onTestFinished } from 'vitest'

const LIMIT_MS = 5 * 60_000

const PROGRAM = fileURLToPath(new URL('../src/demo.js', import.meta.url))

interface Outcome {
  readonly exitCode: number | null
  /** What it wrote: events first, the summary last. */
  readonly said: string
}

async function runDemo(options: readonly string[]): Promise<Outcome> {
  const demo = spawn(process.execPath, [PROGRAM, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  // It ends what it has started when it is told to.
  onTestFinished(() => void demo.kill())
  const closed = once(demo, 'close')
  const [out, err] = await Promise.all([text(demo.stdout), text(demo.stderr)])
  const [exitCode] = (await closed) as [number | null]
  return { exitCode, said: out + err }
}

describe('the demo loses nothing', () => {
  it.each([
    ['Express', ['--framework', 'express']],
    ['Fastify', ['--framework', 'fastify']],
    ['Koa', ['--framework', 'koa']],
    ['node:http', ['--framework', 'node-http']],
    ['Express behind HAProxy', ['--front', 'haproxy']],
  ])('with %s', { timeout: LIMIT_MS }, async (_title, options) => {
    const { exitCode, said } = await runDemo(options)

    expect(said).toMatch(/^requests +[\d,]+ sent, 0 failed$/m)
    expect(said).toMatch(/^orders .* 0 missing$/m)
    expect(said).toContain('Nothing was lost.')
    expect(said).not.toContain('FAILED')
    expect(exitCode).toBe(0)
  })
})
