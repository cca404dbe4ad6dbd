import type { Opener } from './opener.ts'

/** The part of undici's dispatchers that is used here. */
export interface UndiciDispatcher {
  dispatch(options: { origin: string | URL; path: string; method: 'HEAD' }, handler: object): boolean
  close(): Promise<void>
}

/** What takes a request back at the last moment: its connection is open, and nothing of it is sent. */
class TakenBack extends Error {}

const never = (): void => {}

/**
 * For the dispatchers of undici. They connect for a request only, so they are given one that is taken back as soon as it
 * could be written: nothing of it reaches the server.
 */
export function createUndiciOpener(dispatcher: UndiciDispatcher): Opener {
  return {
    open: (origin, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => settle(() => reject(signal.reason))
        const settle = (finish: () => void): void => {
          signal.removeEventListener('abort', abort)
          finish()
        }
        const begun = (): never => {
          throw new TakenBack()
        }
        const ended = (error: unknown): void => {
          settle(() => (error instanceof TakenBack ? resolve() : reject(error)))
        }
        signal.addEventListener('abort', abort, { once: true })
        if (signal.aborted) return abort()
        dispatcher.dispatch(
          { origin: origin.origin, path: '/', method: 'HEAD' },
          {
            // Both forms of a handler that there are: undici 5 and 6, and from 7 on.
            onConnect: begun,
            onHeaders: never,
            onData: never,
            onComplete: never,
            onError: ended,
            onRequestStart: begun,
            onResponseStart: never,
            onResponseData: never,
            onResponseEnd: never,
            onResponseError: (_controller: unknown, error: unknown) => ended(error),
          },
        )
      }),
    // What is taken back goes over a connection that is open and idle before another one is opened.
    countOpen: () => 0,
    // Its own keepAliveTimeout ends them.
    discard: never,
    close: never,
  }
}
