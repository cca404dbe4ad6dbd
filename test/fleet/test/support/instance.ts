import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { AMPLE } from './limits.ts'

interface Line {
  readonly msg: string
  readonly [field: string]: unknown
}

/** A process of the service, and what it has logged. */
export class Instance {
  readonly lines: Line[] = []
  readonly #child: ChildProcess
  #port = 0

  /** @param name Of what it runs, in `programs`. */
  constructor(where: object, name = 'instance.js') {
    const program = fileURLToPath(new URL(`../../programs/${name}`, import.meta.url))
    this.#child = spawn(process.execPath, [program, JSON.stringify(where)], { stdio: ['pipe', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#hear(line))
    }
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isListening(): boolean {
    return this.#port !== 0
  }

  /** How often it has said something that begins like this. */
  said(message: string): number {
    return this.lines.filter(({ msg }) => msg.startsWith(message)).length
  }

  async ask(path: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
    const asked = request({
      port: this.#port,
      host: '127.0.0.1',
      path,
      agent: false,
      signal: AbortSignal.timeout(AMPLE),
    })
    asked.end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return { status: response.statusCode, body: await text(response) }
  }

  async isReady(): Promise<boolean> {
    return (await this.ask('/readyz')).status === 200
  }

  /** What it knows of the fleet. */
  async fleet(): Promise<{ readonly vote: boolean; readonly instances?: number; readonly out?: number }> {
    const { body } = await this.ask('/healthz')
    return (JSON.parse(body) as { fleet: { vote: boolean; instances?: number; out?: number } }).fleet
  }

  async kill(): Promise<void> {
    await this.leave('SIGKILL')
  }

  /** Resolves with its exit code; without a signal it is to exit by itself. */
  async leave(signal?: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode
    const exited = once(this.#child, 'exit')
    if (signal !== undefined) this.#child.kill(signal)
    await exited
    return this.#child.exitCode
  }

  #hear(said: string): void {
    try {
      const line = JSON.parse(said) as Line
      this.lines.push(line)
      if (line.msg === 'listening') this.#port = Number(line['port'])
    } catch {
      this.lines.push({ msg: said })
    }
  }
}
