import type { ReadyRequest } from './read-request.ts'

/** Sends requests over connections of the service to itself. */
export interface SelfClient {
  /** Resolves with the status when the whole answer has come; gives up when the signal aborts. */
  ask(request: ReadyRequest, signal: AbortSignal): Promise<number>
  /** Closes every connection, and with it what is under way. */
  close(): void
}
