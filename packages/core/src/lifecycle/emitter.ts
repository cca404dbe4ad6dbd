import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'
import type { LifecycleEvents } from './events.ts'

type Listener<Event extends keyof LifecycleEvents> = (value: LifecycleEvents[Event]) => void

type Listeners = { [Event in keyof LifecycleEvents]: Set<Listener<Event>> }

/** Hands an event to its subscribers; what subscribers throw never reaches the caller. */
export type Emit = <Event extends keyof LifecycleEvents>(event: Event, value: LifecycleEvents[Event]) => void

export class Emitter {
  readonly #logger: Logger
  readonly #listeners: Listeners = {
    phase: new Set(),
    readiness: new Set(),
    health: new Set(),
    check: new Set(),
    warmup: new Set(),
    fleet: new Set(),
    drain: new Set(),
    stopped: new Set(),
  }

  constructor(logger: Logger) {
    this.#logger = logger
  }

  on<Event extends keyof LifecycleEvents>(event: Event, listener: Listener<Event>): () => void {
    if (!Object.hasOwn(this.#listeners, event)) {
      const known = Object.keys(this.#listeners).join(', ')
      throw new LifecycleError('TIDEGATE_CONFIG', `there is no "${event}" event; there are ${known}`)
    }
    if (typeof listener !== 'function') {
      throw new LifecycleError('TIDEGATE_CONFIG', `on('${event}', listener) needs a function`)
    }
    const listeners = this.#listeners[event]
    // A wrapper of its own, so that subscribing one function twice gives two subscriptions to end.
    const own: Listener<Event> = (value) => listener(value)
    listeners.add(own)
    return () => listeners.delete(own)
  }

  #complain(event: string, error: unknown): void {
    this.#logger.error({ event, error: failureMessage(error) }, 'a subscriber threw')
  }

  readonly emit: Emit = (event, value) => {
    for (const listener of [...this.#listeners[event]]) {
      try {
        const returned: unknown = listener(value)
        if (returned instanceof Promise) returned.catch((error: unknown) => this.#complain(event, error))
      } catch (error) {
        this.#complain(event, error)
      }
    }
  }
}
