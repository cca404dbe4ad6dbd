import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A line of the default logger. */
export interface LogLine extends Record<string, unknown> {
  readonly msg: string
}

export interface Program {
  /** The first line with this message, past or to come. Rejects when the program ends without it. */
  logged(message: string): Promise<LogLine>
  terminate(): void
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<unknown>
  kill(): void
}

/** Runs a file of the example's `src` as a process of its own, on the built packages. */
export function startProgram(file: string, env: NodeJS.ProcessEnv): Program {
  const path = fileURLToPath(new URL(`../src/${file}`, import.meta.url))
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'inherit', 'pipe'] })
  const lines: string[] = []
  const news = new EventEmitter()
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
    news.emit('line')
  })
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => code ?? signal)
  let hasExited = false
  void exited.then(() => {
    hasExited = true
    news.emit('line')
  })

  return {
    async logged(message) {
      for (;;) {
        const found = lines.flatMap(parse).find(({ msg }) => msg === message)
        if (found !== undefined) return found
        if (hasExited) throw new Error(`${file} ended without "${message}". It wrote:\n${lines.join('\n')}`)
        await once(news, 'line')
      }
    },
    terminate: () => void child.kill('SIGTERM'),
    exited,
    kill: () => void child.kill('SIGKILL'),
  }
}

/** None for what Node itself writes. */
function parse(line: string): LogLine[] {
  return line.startsWith('{') ? [JSON.parse(line) as LogLine] : []
}
