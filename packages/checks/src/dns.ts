import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'

import type { CheckContext, CheckResult, Dependency, OptionRule } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import type { RemoteCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'SRV', 'TXT'] as const

export type DnsRecordType = (typeof TYPES)[number]

/** Whether a name can be resolved; its name is `'dns'` and it is critical by default. */
export interface DnsOptions<Name extends string = string> extends RemoteCheckOptions<Name> {
  /** The whole name: search domains and `/etc/hosts` are not consulted. */
  readonly hostname: string
  /** What is asked for. Default `'A'`. */
  readonly type?: DnsRecordType | undefined
  /** Addresses of the servers to ask, each with or without a port. Default those of the system. */
  readonly servers?: readonly string[] | undefined
}

/** Within `health.timeout` a lost packet is sent again. The second try is given twice the time of the first. */
const TRIES = 2
const SHARE_OF_FIRST = 0.3

const OWN: Readonly<Record<string, OptionRule>> = {
  hostname: { fits: (value) => typeof value === 'string' && /^[^\s@]+$/.test(value), what: "a name, as 'db.internal'" },
  type: { fits: (value) => TYPES.some((type) => type === value), what: `one of ${TYPES.join(', ')}` },
  servers: {
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isServer),
    what: "a list of addresses, as ['10.0.0.2', '[fd00::2]:53']",
  },
}

/**
 * Resolves a name over the network, asking the servers itself: neither a cache of the system nor the thread pool is
 * between them.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function dns<const Name extends string = 'dns'>(options: DnsOptions<Name>): Dependency<Name> {
  assertCheckOptions({
    call: 'dns(options)',
    options,
    scope: 'remote',
    required: { hostname: 'the name to resolve' },
    own: OWN,
  })
  const { hostname, type = 'A' } = options
  const servers = options.servers === undefined ? undefined : [...options.servers]

  async function check({ signal, remaining }: CheckContext): Promise<CheckResult> {
    signal.throwIfAborted()
    // Anew each time: it reads the system's servers when it is made.
    const resolver = new Resolver({ timeout: Math.max(1, Math.round(remaining() * SHARE_OF_FIRST)), tries: TRIES })
    if (servers !== undefined) resolver.setServers(servers)
    const cancel = (): void => resolver.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const records = await resolver.resolve(hostname, type)
      return { status: 'pass', data: { records: Array.isArray(records) ? records.length : 1 } }
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  return defineCheck(options, { name: 'dns', critical: true, scope: 'remote', check })
}

function isServer(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([^:]+)(?::\d{1,5})?)$/.exec(value) ?? []
  return isIP(bracketed ?? plain ?? value) !== 0
}
