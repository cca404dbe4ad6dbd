import { assertDependencyOptions, defineDependency, untilAborted } from '@tidegate/core'
import type { Dependency, DependencyOptions } from '@tidegate/core'

import { LineClient } from './line-client.ts'

export function store(client: LineClient, options: DependencyOptions = {}): Dependency {
  assertDependencyOptions({ call: 'store(client, options)', options })
  const { name = 'store', close = true, ...rest } = options
  // A check on the client itself would wait behind whatever its users ask.
  const own = new LineClient(client)
  let closed = false

  return defineDependency({
    ...rest,
    name,
    warmUp: ({ signal }) => ping(client, signal),
    async check({ signal }) {
      if (closed) throw new Error('the dependency is closed')
      await ping(own, signal)
    },
    async close({ signal, remaining }) {
      closed = true
      own.drop()
      if (!close) return
      const soon = AbortSignal.any([signal, AbortSignal.timeout(Math.floor(0.8 * remaining()))])
      await untilAborted(client.end(), soon).catch(() => client.drop())
    },
  })
}

/** Leaves no connection behind that has not answered. */
async function ping(client: LineClient, signal: AbortSignal): Promise<void> {
  try {
    await untilAborted(client.ask('ping'), signal)
  } catch (error) {
    client.drop()
    throw error
  }
}
