import { markOwn } from './other-listeners.ts'

/**
 * Installs one handler for all `signals`; returns what removes it. With `on`, not `once`: Node would otherwise kill the
 * process on the second SIGTERM. As PID 1 a handler is what makes SIGTERM arrive at all. Ahead of everybody else's: one that
 * exits at once would leave nobody to say what it has cut.
 */
export function handleSignals(
  signals: readonly NodeJS.Signals[],
  onSignal: (signal: NodeJS.Signals) => void,
): () => void {
  const handler = markOwn((signal: NodeJS.Signals): void => onSignal(signal))
  for (const signal of signals) process.prependListener(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
