/** Where all copies of this package in one process meet: it exits when the last lifecycle has stopped. */
interface ExitRegistry {
  running: number
  code: number
  wanted: boolean
}

const REGISTRY = Symbol.for('tidegate.exit')

function registry(): ExitRegistry {
  const holder = globalThis as { [REGISTRY]?: ExitRegistry }
  holder[REGISTRY] ??= { running: 0, code: 0, wanted: false }
  return holder[REGISTRY]
}

export interface ExitTicket {
  /**
   * This lifecycle has stopped. With a code the process is to exit, once all others have stopped too. Returns how many
   * others there are.
   */
  stopped(code: number | undefined, flushMs: number): number
}

/** Counts a lifecycle among those the process must wait for. */
export function enterExitRegistry(): ExitTicket {
  const exits = registry()
  exits.running++
  let left = false
  return {
    stopped(code, flushMs) {
      if (left) return exits.running
      left = true
      exits.running--
      if (code !== undefined) {
        exits.wanted = true
        exits.code = Math.max(exits.code, code)
      }
      if (exits.running === 0 && exits.wanted) void exitProcess(exits.code, flushMs)
      return exits.running
    },
  }
}

/** Ends the process at once, with what it has said so far. */
export function exitNow(code: number): void {
  process.exit(code)
}

/** `process.exit` drops whatever a pipe has not taken yet, so the streams are flushed first, within a limit. */
async function exitProcess(own: number, flushMs: number): Promise<void> {
  // The application may have said by itself that something is wrong.
  const code = own === 0 ? (process.exitCode ?? 0) : own
  process.exitCode = code
  const flushed = Promise.all([process.stdout, process.stderr].map(flush))
  const limit = new Promise((resolve) => setTimeout(resolve, flushMs))
  await Promise.race([flushed, limit])
  process.exit(code)
}

function flush(stream: NodeJS.WriteStream): Promise<void> | undefined {
  if (stream.destroyed || stream.writableLength === 0) return undefined
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })
}
