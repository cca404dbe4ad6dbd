/**
 * Tells when the process ends while something still has to be waited for; returns what ends the watch.
 *
 * @param tell must have written what it says when it returns: nothing asynchronous comes after it.
 */
export function watchEarlyExit(tell: (cause: string) => void): () => void {
  const onExit = (): void => tell(causeFrom(new Error('where the exit began').stack))
  process.on('exit', onExit)
  return () => process.off('exit', onExit)
}

/** `process.exit` emits `exit` before it returns: who has called it is on the stack. */
function causeFrom(stack = ''): string {
  const frames = stack.split('\n').map((line) => line.trim())
  const exit = frames.findIndex((frame) => /\bprocess\.(?:exit|reallyExit)\b/.test(frame))
  if (exit === -1) return 'an exception that nobody caught'
  const caller = frames.slice(exit + 1).find((frame) => !frame.includes('node:internal'))
  return `process.exit() was called ${caller ?? 'by Node itself'}`
}
