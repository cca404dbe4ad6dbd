/** Why the process ends, and what to do so that it does not. */
export interface EarlyExit {
  readonly cause: string
  readonly advice: string
}

/** Deep enough for whoever has wrapped `process.exit` or `emit`, whatever the application's own limit. */
const STACK_DEPTH = 20

/**
 * Tells when the process ends while something still has to be waited for; returns what ends the watch.
 *
 * @param tell must have written what it says when it returns: nothing asynchronous comes after it.
 */
export function watchEarlyExit(tell: (exit: EarlyExit) => void): () => void {
  let hasRunDry = false
  const onDry = (): void => {
    hasRunDry = true
    // Somebody who hears it, too, may have found more to do.
    setImmediate(() => {
      hasRunDry = false
    }).unref()
  }
  const onExit = (): void => tell(earlyExitFrom(stackOfExit(), hasRunDry))
  process.on('beforeExit', onDry)
  process.on('exit', onExit)
  return () => {
    process.off('beforeExit', onDry)
    process.off('exit', onExit)
  }
}

/**
 * @param stack of the `exit` event: `process.exit` emits it before it returns, so that its caller is there.
 * @param hasRunDry whether Node has ended the process because nothing was left that could wake it.
 */
export function earlyExitFrom(stack: string, hasRunDry = false): EarlyExit {
  const frames = stack.split('\n').map((line) => line.trim())
  // As a method, as an imported function, or as somebody's callback: `at Timeout.exit [as _onTimeout] (node:…)`.
  const exit = frames.findIndex((frame) => /\bexit\b[^(]*\(node:/.test(frame))
  if (exit === -1 && hasRunDry) {
    const advice = 'a hook waits for something that will never come'
    return { cause: 'nothing is left that could wake it', advice }
  }
  if (exit === -1) {
    const advice = "shutdown.onCrash: 'drain' would end the drain first"
    return { cause: 'nobody has caught an exception', advice }
  }
  const caller = frames.slice(exit + 1).find((frame) => !frame.includes('node:'))
  return {
    cause: `process.exit() was called ${caller ?? 'by Node, or as the callback of a timer or of an event'}`,
    advice: 'leave the exit to the lifecycle, or wait for lifecycle.shutdown()',
  }
}

function stackOfExit(): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = STACK_DEPTH
  const { stack } = new Error('where the exit began')
  Error.stackTraceLimit = stackTraceLimit
  return String(stack)
}
