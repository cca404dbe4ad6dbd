import { cache } from '@tidegate/core'
import type { Cache } from '@tidegate/core'
import { runDependencySuite } from '@tidegate/testing'
import { describe, test } from 'vitest'

import { LineClient } from './support/line-client.ts'
import { createLineServer } from './support/line-server.ts'

runDependencySuite(
  'cache',
  async () => {
    const server = await createLineServer()
    let catalog: Cache<string, string> | undefined
    return {
      ...server,
      dependency: ({ name = 'catalog', ...options }) =>
        (catalog = cache(name, { load: ({ signal }) => load(server.port, signal), ...options })),
      use: async () => catalog?.get(),
      occupy: async () => ({ done: Promise.resolve(), finish() {} }),
      secrets: ['sesame'],
    }
  },
  {
    describe,
    test,
    without: { check: 'its value is read from memory', close: 'a value has nothing to close' },
    deviations: { 'refuses a name that cannot stand in a URL': 'its name is no option, and createLifecycle judges it' },
  },
)

async function load(port: number, signal: AbortSignal): Promise<string> {
  const client = new LineClient({ port, password: 'sesame' })
  signal.addEventListener('abort', () => client.drop(), { once: true })
  try {
    return await client.ask('get catalog')
  } finally {
    client.drop()
  }
}
