import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** What a program says: one JSON object per line, its own on stdout, its logger's on stderr. */
export interface Line {
  readonly msg: string
  readonly [field: string]: unknown
}

export type Stream = 'stdout' | 'stderr'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface SpawnOptions {
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Reads what it says only when it has ended. */
  readonly deaf?: boolean
  /** A file descriptor of this process that it gets as its number 3. */
  readonly inherits?: number
  /** The command that starts it, in front of its own command line: a shell, another supervisor. */
  readonly under?: readonly string[]
  /** It starts processes of its own, which are killed with it. */
  readonly family?: boolean
}

const LIMIT_MS = 20_000

/** A child process, and everything it has said. */
export class Program {
  readonly #child: ChildProcess
  readonly #name: string
  readonly #family: boolean
  readonly #heard = new EventEmitter().setMaxListeners(0)
  readonly #lines: { readonly from: Stream; readonly line: Line }[] = []
  readonly #transcript: string[] = []
  #exit: Exit | undefined

  constructor(name: string, options: SpawnOptions = {}) {
    const { args = [], env = {}, deaf = false, inherits, under = [], family = false } = options
    const file = fileURLToPath(new URL(`../programs/${name}.js`, import.meta.url))
    const [command = process.execPath, ...rest] = [...under, process.execPath, file, ...args]
    this.#name = name
    this.#family = family
    this.#child = spawn(command, rest, {
      stdio: ['pipe', 'pipe', 'pipe', ...(inherits === undefined ? [] : [inherits])],
      detached: family,
      env: { ...withoutOrchestrator(process.env), ...env },
    })
    if (deaf) this.#child.on('exit', () => this.#listen())
    else this.#listen()
    // Not `exit`: by now the last line has been read, too.
    this.#child.on('close', (code, signal) => {
      this.#exit = { code, signal }
      this.#heard.emit('news')
    })
  }

  /** What it has said on one stream by now, in order. */
  spokenOn(stream: Stream): Line[] {
    return this.#lines.filter(({ from }) => from === stream).map(({ line }) => line)
  }

  /** Everything said, as it was said, each line (its beginning, if it is long) with the stream it came from. */
  get transcript(): string {
    return this.#transcript.join('\n')
  }

  /** How the process has ended. */
  get exit(): Promise<Exit> {
    return this.#until('exit', () => this.#exit)
  }

  /** The nth line with this message, as soon as it is there. */
  line(msg: string, nth = 1): Promise<Line> {
    return this.#until(`say ${JSON.stringify(msg)}${nth === 1 ? '' : ` ${nth} times`}`, () => {
      const line = this.#lines.filter(({ line: { msg: said } }) => said === msg)[nth - 1]?.line
      if (line === undefined && this.#exit !== undefined) {
        throw new Error(`${this.#name} has ended and did not say ${JSON.stringify(msg)}`)
      }
      return line
    })
  }

  /** Whether it has said so by now. */
  said(msg: string): boolean {
    return this.#lines.some(({ line }) => line.msg === msg)
  }

  /** The port of its server, once that is open. */
  async port(): Promise<number> {
    const { port } = await this.line('listening')
    return port as number
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Goes away as the reader of a stream, as a log collector does that has crashed. */
  stopReading(stream: Stream): void {
    this.#child[stream]?.destroy()
  }

  /** Closes its standard input, for programs that wait for that. */
  endInput(): void {
    this.#child.stdin?.end()
  }

  /** Whatever it is doing. */
  async kill(): Promise<void> {
    if (this.#family) killGroup(this.#child.pid)
    else this.#child.kill('SIGKILL')
    await this.exit
  }

  #listen(): void {
    this.#hear('stdout', this.#child.stdout)
    this.#hear('stderr', this.#child.stderr)
  }

  #hear(from: Stream, stream: Readable | null): void {
    if (stream === null) return
    createInterface({ input: stream }).on('line', (text) => {
      this.#transcript.push(`${from} ${text.slice(0, 1_000)}`)
      const line = readLine(text)
      if (line === undefined) return
      this.#lines.push({ from, line })
      this.#heard.emit('news')
    })
  }

  #until<Value>(what: string, look: () => Value | undefined): Promise<Value> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer)
        this.#heard.off('news', check)
        finish()
      }
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`${this.#name} did not ${what} within ${LIMIT_MS / 1000} s`)))
      }, LIMIT_MS)
      const check = (): void => {
        try {
          const value = look()
          if (value !== undefined) settle(() => resolve(value))
        } catch (error) {
          settle(() => reject(error))
        }
      }
      this.#heard.on('news', check)
      check()
    })
  }
}

/** Its number is its first process's. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // All of them have ended.
  }
}

function readLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}

/** The machine that runs the tests may itself be a pod or a task. */
function withoutOrchestrator({
  KUBERNETES_SERVICE_HOST: _kubernetes,
  ECS_CONTAINER_METADATA_URI: _ecs,
  ECS_CONTAINER_METADATA_URI_V4: _ecsV4,
  ...env
}: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env
}
