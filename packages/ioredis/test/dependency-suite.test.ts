import { runDependencySuite } from '@tidegate/testing'
import { describe, test } from 'vitest'

import { redis } from '../src/index.ts'
import { useRealServer } from './real-server.ts'

const password = 'open-sesame'
const server = useRealServer(['--requirepass', password], { password })

runDependencySuite(
  'redis',
  () => {
    const client = server.client({ password })
    return {
      ...server,
      dependency: (options) => redis(client, options),
      use: () => client.ping(),
      async occupy() {
        const done = client.blpop('work', 0)
        return { done, finish: () => server.admin.rpush('work', 'done') }
      },
      // Without the admin's own.
      connections: async () => (await server.connectionNames()).length - 1,
      secrets: [password],
      // The client is disconnected after each test of this package.
      close: async () => {},
    }
  },
  { describe, test },
)
