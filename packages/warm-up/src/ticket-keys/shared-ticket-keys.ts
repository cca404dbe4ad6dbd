import type { Server } from 'node:tls'

import { assertDependencyOptions, parseDuration } from '@tidegate/core'
import type { Duration, OptionRule } from '@tidegate/core'

import { ticketKeys } from './ticket-keys.ts'

export interface SharedTicketKeysOptions {
  /** What all instances know, and nobody else: at least 32 bytes, of a random source. */
  readonly key: string | Uint8Array
  /**
   * How long one set of keys lasts; `false` is for good. Sessions of the set before are not resumed: Node takes one at a time.
   * Default `'24h'`.
   */
  readonly rotate?: Duration | false | undefined
}

const LEAST_BYTES = 32
const LEAST_ROTATION_MS = 60_000
/** Node fires a timer that is longer than this after 1 ms instead. */
const LONGEST_TIMER = 2 ** 31 - 1
const DEFAULT_ROTATION_MS = 24 * 60 * 60 * 1_000

const OWN: Readonly<Record<keyof SharedTicketKeysOptions, OptionRule>> = {
  // What it is must not be repeated in a message, not even what is wrong with it.
  key: { fits: () => true, what: 'a secret' },
  rotate: {
    fits: (value) => value === false || (parseDuration(value) ?? 0) >= LEAST_ROTATION_MS,
    what: "a duration of at least a minute, as '24h', or false",
  },
}

/**
 * Gives the server keys for its TLS session tickets that all instances derive from one secret and the time, so that
 * clients resume with a new instance the sessions they had with the old one. Also for the server of `http2`. Ends when the
 * server closes; returns what ends it before. The keys stay until then.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function sharedTicketKeys(server: Server, options: SharedTicketKeysOptions): () => void {
  assertArguments(server, options)
  const { key, rotate } = options
  const secret = typeof key === 'string' ? key : Uint8Array.from(key)
  const length = rotate === false ? Infinity : (parseDuration(rotate) ?? DEFAULT_ROTATION_MS)
  const { setSecureContext } = server
  let timer: NodeJS.Timeout | undefined

  function apply(): void {
    const now = Date.now()
    const epoch = Math.floor(now / length)
    server.setTicketKeys(ticketKeys(secret, epoch))
    clearTimeout(timer)
    const left = (epoch + 1) * length - now
    if (Number.isFinite(left)) timer = setTimeout(apply, Math.min(left, LONGEST_TIMER)).unref()
  }

  function stop(): void {
    clearTimeout(timer)
    server.off('close', stop)
    if (server.setSecureContext === renew) Reflect.deleteProperty(server, 'setSecureContext')
  }

  // A renewed certificate comes with a context, and that with keys of its own.
  const renew: Server['setSecureContext'] = (details) => {
    setSecureContext.call(server, details)
    apply()
  }

  apply()
  server.setSecureContext = renew
  server.once('close', stop)
  return stop
}

function assertArguments(server: Server, options: SharedTicketKeysOptions): void {
  const faults: string[] = []
  if (typeof (server as Partial<Server> | undefined)?.setTicketKeys !== 'function') {
    faults.push('the server is missing, or speaks no TLS: give it one of https, of tls, or a secure one of http2')
  }
  const { key } = (options ?? {}) as Partial<SharedTicketKeysOptions>
  const isSecret = typeof key === 'string' || key instanceof Uint8Array
  if (!isSecret || Buffer.from(key).length < LEAST_BYTES) {
    faults.push(`options.key must be a secret of at least ${LEAST_BYTES} bytes, the same for all instances`)
  }
  assertDependencyOptions({ call: 'sharedTicketKeys(server, options)', options, common: [], own: { ...OWN }, faults })
}
