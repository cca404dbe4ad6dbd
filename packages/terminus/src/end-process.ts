import { holdExit } from '@tidegate/core'

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

/** How long the others have once one has failed: a hook of theirs may never end. */
const AFTER_FAILURE_MS = 5_000

/**
 * A server begins to shut down, and no lifecycle in the process ends it before it has. Returns what to call then: the
 * process ends with the last one, by the signal, or with the worst code that any of them has given.
 */
export function beginEnd(): (how: number | NodeJS.Signals) => void {
  const all = ends()
  all.leaving++
  const release = holdExit()
  return (how) => {
    all.leaving--
    if (typeof how === 'number') all.code = Math.max(how, all.code ?? 0)
    const { leaving, code } = all
    if (leaving === 0 && code !== undefined) process.exit(code)
    if (leaving === 0 && typeof how === 'string') process.kill(process.pid, how)
    if (leaving > 0 && code) setTimeout(() => process.exit(code), AFTER_FAILURE_MS)
    // Another lifecycle that has stopped meanwhile, and still listens to the signal, ends the process now.
    release()
  }
}
