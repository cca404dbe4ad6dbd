/** Where the servers of one process meet, of whatever copy of this package. */
interface Ends {
  /** How many of them are shutting down. */
  leaving: number
  /** What to exit with, when any of them wants that. */
  code: number | undefined
}

const ENDS = Symbol.for('tidegate.terminus.ends')

function ends(): Ends {
  const holder = globalThis as { [ENDS]?: Ends }
  holder[ENDS] ??= { leaving: 0, code: undefined }
  return holder[ENDS]
}

/**
 * A server begins to shut down. Returns what to call when it has: the process ends with the last one, by the signal, or
 * with the worst code that any of them has given.
 */
export function beginEnd(): (how: number | NodeJS.Signals) => void {
  const all = ends()
  all.leaving++
  return (how) => {
    all.leaving--
    if (typeof how === 'number') all.code = Math.max(how, all.code ?? 0)
    if (all.leaving > 0) return
    if (all.code !== undefined) process.exit(all.code)
    if (typeof how === 'string') process.kill(process.pid, how)
  }
}
