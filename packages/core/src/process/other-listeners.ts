const OURS = Symbol.for('tidegate.listener')

type Listener = (...values: never[]) => void

/** Tells a lifecycle's listener from those of the application. */
export function markOwn<Own extends Listener>(listener: Own): Own {
  return Object.assign(listener, { [OURS]: true })
}

const LONGEST_SOURCE = 60

/** Who else hears this event of the process, by name or by the beginning of its source; no lifecycle, of whatever copy of this package. */
export function otherListeners(event: NodeJS.Signals | 'uncaughtException'): string[] {
  return (process.listeners(event as NodeJS.Signals) as Listener[])
    .filter((listener) => !Object.hasOwn(listener, OURS))
    .map((listener) => listener.name || String(listener).replaceAll(/\s+/g, ' ').slice(0, LONGEST_SOURCE))
}
