/** Waits that end when a signal aborts. */
export interface AbortRace {
  readonly signal: AbortSignal
  /** `work`, or a rejection with the signal's reason as soon as it aborts. */
  race<Result>(work: Promise<Result>): Promise<Result>
  /** Leaves no listener. */
  end(): void
}

/** One listener for any number of waits: Node warns of a signal with more than ten. */
export function createAbortRace(signal: AbortSignal): AbortRace {
  let abort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
  })
  // It may abort between two waits.
  aborted.catch(() => {})
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return {
    signal,
    race: async (work) => Promise.race([work, aborted]),
    end: () => signal.removeEventListener('abort', abort),
  }
}
