import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type LogLine = Readonly<Record<string, unknown>>

export interface Shop {
  /** The first line with this message, past or to come. */
  logged(message: string): Promise<LogLine>
  signal(signal: NodeJS.Signals): void
  /** With everything it has started, should the command not be the shop itself. */
  kill(): void
  /** Its exit code, the signal that ended it, or why it could not be started. */
  readonly ended: Promise<unknown>
}

const LIMIT_MS = 20_000

const home = fileURLToPath(new URL('../../../../examples/express-shop', import.meta.url))

/** Runs the Express shop by a container's own command, where its image would have it, with no environment but this. */
export function startShop([program, ...args]: readonly string[], env: NodeJS.ProcessEnv): Shop {
  if (program === undefined) throw new Error('the container has no command')
  const { PATH } = process.env
  const child = spawn(program, args, {
    cwd: home,
    env: { PATH, ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
    detached: true,
  })
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
      const limit = AbortSignal.timeout(LIMIT_MS)
      for (;;) {
        const found = lines.flatMap(parse).find(({ msg }) => msg === message)
        if (found !== undefined) return found
        if (hasEnded || limit.aborted) {
          const how = hasEnded ? `ended (${String(await ended)})` : `run for ${LIMIT_MS / 1_000} s more`
          throw new Error(`the shop has ${how} without "${message}". It wrote:\n${lines.join('\n')}`)
        }
        await once(news, 'line', { signal: limit }).catch(() => {})
      }
    },
    signal: (signal) => void child.kill(signal),
    kill: () => killGroup(child.pid),
    ended,
  }
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** None for what Node itself writes. */
function parse(line: string): LogLine[] {
  return line.startsWith('{') ? [JSON.parse(line) as LogLine] : []
}
