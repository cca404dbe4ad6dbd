import type { ReadyRequest } from './read-request.ts'

export interface SelfAnswer {
  readonly status: number
  /** Whether it says when to come again. */
  readonly hasRetryAfter: boolean
}

/** Sends requests over connections of the service to itself. */
export interface SelfClient {
  /** Resolves when the whole answer has come; gives up when the signal aborts. */
  ask(request: ReadyRequest, signal: AbortSignal): Promise<SelfAnswer>
  /** Closes every connection, and with it what is under way. Nothing can be asked any more. */
  close(): void
}
