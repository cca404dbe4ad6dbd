import { enterExitRegistry } from './exit-registry.ts'

/** How long the last lines of the log may take. */
const FLUSH_MS = 250

/**
 * Keeps the lifecycles in this process, of whatever copy of this package, from ending it until the returned function is
 * called. The exit that one of them has asked for meanwhile comes then.
 */
export function holdExit(): () => void {
  const ticket = enterExitRegistry(() => {})
  return () => void ticket.stopped(undefined, FLUSH_MS)
}
