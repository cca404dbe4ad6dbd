import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A line of a logger that writes JSON: Tidegate's own, or pino. */
export interface LogLine extends Record<string, unknown> {
  readonly msg: string
}

export interface Program {
  /** What it has logged by now, in order. */
  readonly lines: readonly LogLine[]
  /** The first line with this message, past or to come. Rejects when the program ends without it. */
  logged(message: string): Promise<LogLine>
  terminate(): void
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<unknown>
  kill(): void
}

/** Runs a program of an example as a process of its own, on the built packages. */
export function startProgram(program: URL, env: NodeJS.ProcessEnv): Program {
  const path = fileURLToPath(program)
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const written: string[] = []
  const lines: LogLine[] = []
  const news = new EventEmitter()
  // Fastify logs to stdout, the others to stderr.
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      written.push(line)
      // The others are Node's own.
      if (line.startsWith('{')) lines.push(JSON.parse(line) as LogLine)
      news.emit('line')
    })
  }
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => code ?? signal)
  let hasExited = false
  void exited.then(() => {
    hasExited = true
    news.emit('line')
  })

  return {
    lines,
    async logged(message) {
      for (;;) {
        const found = lines.find(({ msg }) => msg === message)
        if (found !== undefined) return found
        if (hasExited) throw new Error(`${basename(path)} ended without "${message}". It wrote:\n${written.join('\n')}`)
        await once(news, 'line')
      }
    },
    terminate: () => void child.kill('SIGTERM'),
    exited,
    kill: () => void child.kill('SIGKILL'),
  }
}
