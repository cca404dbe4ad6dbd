import { once } from 'node:events'
import { connect } from 'node:net'

import type { CheckContext, Dependency } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import type { RemoteCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'
import { HOST, PORT } from './rules.ts'

/** Whether a port accepts connections; its name is `'tcp'` and it is critical by default. */
export interface TcpOptions<Name extends string = string> extends RemoteCheckOptions<Name> {
  readonly host: string
  readonly port: number
}

/**
 * Opens a connection and closes it. It proves that somebody listens, and not that they answer: a frozen process still
 * accepts.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function tcp<const Name extends string = 'tcp'>(options: TcpOptions<Name>): Dependency<Name> {
  assertCheckOptions({
    call: 'tcp(options)',
    options,
    scope: 'remote',
    required: { host: 'a host name or an address', port: 'where it listens' },
    own: { port: PORT },
    unquoted: { host: HOST },
  })
  const { host, port } = options

  async function check({ signal }: CheckContext): Promise<void> {
    signal.throwIfAborted()
    const socket = connect({ host, port })
    // What a socket that has been dropped may still say is nobody's error.
    socket.on('error', () => {})
    try {
      await once(socket, 'connect', { signal })
    } finally {
      socket.destroy()
    }
  }

  return defineCheck(options, { name: 'tcp', critical: true, scope: 'remote', check })
}
