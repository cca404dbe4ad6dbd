import type { IncomingMessage, ServerResponse } from 'node:http'

import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'
import type { RequestHandler } from './lifecycle.ts'

/** What answers a request's target, as it came; `undefined` when it is none of these probes. */
export type FindProbe = (url: string) => RequestHandler | undefined

/** The probes that others have added, in that order. */
export class OwnProbes {
  readonly #logger: Logger
  readonly #added: Set<{ readonly find: FindProbe; complained: boolean }> = new Set()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  get isEmpty(): boolean {
    return this.#added.size === 0
  }

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add(find: FindProbe): () => void {
    if (typeof find !== 'function') throw new LifecycleError('TIDEGATE_CONFIG', 'addProbe(find) needs a function')
    const added = { find, complained: false }
    this.#added.add(added)
    return () => this.#added.delete(added)
  }

  /** The first that is found. One that fails finds nothing, and is told of once. */
  find(url: string): RequestHandler | undefined {
    for (const added of this.#added) {
      try {
        const handler = added.find(url)
        if (handler === undefined) continue
        if (typeof handler === 'function') return handler
        throw new TypeError('it gave neither a function of a request and a response, nor undefined')
      } catch (error) {
        const fields = { error: failureMessage(error) }
        if (!added.complained) this.#logger.error(fields, 'a probe was not found for a failure; the request passes')
        added.complained = true
      }
    }
    return undefined
  }

  /** Whether one of them answers it. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const handler = this.find(request.url ?? '/')
    if (handler === undefined) return false
    handler(request, response)
    return true
  }
}
