import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { ShutdownOptions } from '@tidegate/core'

import type { Ledger } from './ledger.ts'

const PROGRAM = fileURLToPath(new URL('programs/counting-server.js', import.meta.url))
const LIMIT_MS = 30_000
/** What an orchestrator grants by default, and Tidegate plans for. */
const GRACE_PERIOD_MS = 30_000

export interface InstanceOptions {
  readonly port: number
  readonly file: string
  readonly shutdown: ShutdownOptions
  /** Before it is warm, which a front end that checks finds out, or only then. */
  readonly opens: 'at-once' | 'warm'
}

/** One process of the service. */
export class Instance {
  readonly #file: string
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown[]>
  readonly #ready: Promise<unknown>
  readonly #serving: Promise<unknown>

  constructor({ port, file, shutdown, opens }: InstanceOptions) {
    this.#file = file
    // Its standard input ends with this process, and it with that.
    this.#child = spawn(process.execPath, [PROGRAM, String(port), file, JSON.stringify(shutdown), opens], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#exited = once(this.#child, 'exit')
    const said = new EventEmitter()
    this.#ready = once(said, 'ready')
    this.#serving = once(said, 'serving')
    if (this.#child.stdout !== null) createInterface(this.#child.stdout).on('line', (line) => said.emit(line))
  }

  /** Resolves when it listens and is warm. */
  async ready(): Promise<void> {
    await within(LIMIT_MS, this.#ready, 'an instance was not ready')
  }

  /** Resolves when it has answered its first request. */
  async serving(): Promise<void> {
    await within(LIMIT_MS, this.#serving, 'an instance has answered no request')
  }

  /** Sends SIGTERM and resolves with how it has ended. */
  async leave(): Promise<Ledger> {
    this.#child.kill('SIGTERM')
    const [code, signal] = await within(GRACE_PERIOD_MS, this.#exited, 'an instance has not ended')
    if (code !== 0) throw new Error(`an instance has ended with ${String(signal ?? code)}`)
    return JSON.parse(await readFile(this.#file, 'utf8')) as Ledger
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

async function within<Result>(limitMs: number, promise: Promise<Result>, otherwise: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
  }
}
