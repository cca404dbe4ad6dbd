/**
 * Installs one handler for all `signals`; returns what removes it. With `on`, not `once`: Node would otherwise kill the
 * process on the second SIGTERM. As PID 1 a handler is what makes SIGTERM arrive at all.
 */
export function handleSignals(
  signals: readonly NodeJS.Signals[],
  onSignal: (signal: NodeJS.Signals) => void,
): () => void {
  const handler = (signal: NodeJS.Signals): void => onSignal(signal)
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
