/** Why the process has to end. */
export interface ProcessEnd {
  readonly reason: string
  /** Somebody's state may be broken, so that nothing should take long. */
  readonly isBroken: boolean
}

type Leave = (end: ProcessEnd) => void

/** Where all copies of this package in one process meet: it exits when the last lifecycle has stopped. */
interface ExitRegistry {
  /** How to shut down each lifecycle that is running. */
  readonly running: Set<Leave>
  code: number
  wanted: boolean
  /** Set when the process has to end, whatever else runs in it. */
  end: ProcessEnd | undefined
}

const REGISTRY = Symbol.for('tidegate.exit')

function registry(): ExitRegistry {
  const holder = globalThis as { [REGISTRY]?: ExitRegistry }
  holder[REGISTRY] ??= { running: new Set(), code: 0, wanted: false, end: undefined }
  return holder[REGISTRY]
}

export interface ExitTicket {
  /** The process has to end: shuts down all others, and whoever starts from now on. */
  endProcess(end: ProcessEnd): void
  /**
   * This lifecycle has stopped. With a code the process is to exit, once all others have stopped too. Returns how many
   * others there are.
   */
  stopped(code: number | undefined, flushMs: number): number
}

/**
 * Counts a lifecycle among those the process must wait for.
 *
 * @param leave shuts it down, when another one has to end the process.
 */
export function enterExitRegistry(leave: Leave): ExitTicket {
  const exits = registry()
  // Of its own, so that every lifecycle counts.
  const own: Leave = (end) => leave(end)
  exits.running.add(own)
  const { end: isEnding } = exits
  // It is only starting.
  if (isEnding !== undefined) setImmediate(() => own(isEnding))
  return {
    endProcess(end) {
      if (exits.end !== undefined) return
      exits.end = end
      for (const leaveToo of exits.running) if (leaveToo !== own) leaveToo(end)
    },
    stopped(code, flushMs) {
      if (!exits.running.delete(own)) return exits.running.size
      if (code !== undefined) {
        exits.wanted = true
        exits.code = Math.max(exits.code, code)
      }
      if (exits.running.size === 0 && exits.wanted) void exitProcess(exits.code, flushMs)
      return exits.running.size
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
