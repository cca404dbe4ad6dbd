import type { ExtensionKind } from './extensions.ts'
import type { RequestHandler } from './lifecycle.ts'

/** What answers a request's target, as it came; `undefined` when it is none of these probes. */
export type FindProbe = (url: string) => RequestHandler | undefined

export const OWN_PROBES: ExtensionKind<RequestHandler> = {
  call: 'addProbe(find)',
  complaint: 'a probe was not found for a failure; the request passes',
  assertAnswer(handler) {
    if (typeof handler === 'function') return
    throw new TypeError('it gave neither a function of a request and a response, nor undefined')
  },
}
