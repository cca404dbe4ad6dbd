const OURS = Symbol.for('tidegate.signal-handler')

type Handler = ((signal: NodeJS.Signals) => void) & { [OURS]?: true }

/**
 * Installs one handler for all `signals`; returns what removes it. With `on`, not `once`: Node would otherwise kill the
 * process on the second SIGTERM. As PID 1 a handler is what makes SIGTERM arrive at all. Ahead of everybody else's: one that
 * exits at once would leave nobody to say what it has cut.
 */
export function handleSignals(
  signals: readonly NodeJS.Signals[],
  onSignal: (signal: NodeJS.Signals) => void,
): () => void {
  const handler: Handler = (signal) => onSignal(signal)
  handler[OURS] = true
  for (const signal of signals) process.prependListener(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}

const LONGEST_SOURCE = 60

/** Who else hears this signal, by name or by the beginning of its source; no lifecycle, of whatever copy of this package. */
export function otherListeners(signal: NodeJS.Signals): string[] {
  return process
    .listeners(signal)
    .filter((listener) => (listener as Handler)[OURS] !== true)
    .map((listener) => listener.name || String(listener).replaceAll(/\s+/g, ' ').slice(0, LONGEST_SOURCE))
}
