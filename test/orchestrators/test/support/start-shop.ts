import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type LogLine = Readonly<Record<string, unknown>>

export interface Shop {
  /** The first line with this message, past or to come. */
  logged(message: string): Promise<LogLine>
  signal(signal: NodeJS.Signals): void
  /** Its exit code, the signal that ended it, or why it could not be started. */
  readonly ended: Promise<unknown>
}

const home = fileURLToPath(new URL('../../../../examples/express-shop', import.meta.url))

/** Runs the Express shop by a container's own command, where its image would have it, with no environment but this. */
export function startShop([program, ...args]: readonly string[], env: NodeJS.ProcessEnv): Shop {
  if (program === undefined) throw new Error('the container has no command')
  const { PATH } = process.env
  const child = spawn(program, args, { cwd: home, env: { PATH, ...env }, stdio: ['ignore', 'inherit', 'pipe'] })
  const lines: string[] = []
  const news = new EventEmitter()
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
    news.emit('line')
  })
  let hasEnded = false
  const ended = once(child, 'close').then(
    ([code, signal]: unknown[]) => code ?? signal,
    (error: unknown) => error,
  )
  void ended.then(() => {
    hasEnded = true
    news.emit('line')
  })

  return {
    async logged(message) {
      for (;;) {
        const found = lines.flatMap(parse).find(({ msg }) => msg === message)
        if (found !== undefined) return found
        if (hasEnded) {
          const how = `ended (${String(await ended)}) without "${message}"`
          throw new Error(`the shop has ${how}. It wrote:\n${lines.join('\n')}`)
        }
        await once(news, 'line')
      }
    },
    signal: (signal) => void child.kill(signal),
    ended,
  }
}

/** None for what Node itself writes. */
function parse(line: string): LogLine[] {
  return line.startsWith('{') ? [JSON.parse(line) as LogLine] : []
}
