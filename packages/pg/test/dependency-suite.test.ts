import { runDependencySuite } from '@tidegate/testing'
import { describe, test } from 'vitest'

import { postgres } from '../src/index.ts'
import { useServer } from './server.ts'

const MAX = 3
const server = useServer()

runDependencySuite(
  'postgres',
  () => {
    const { service } = server
    // A connect cannot be taken back: on a frozen server only its own limit lets go of the process.
    const pool = server.pool({ max: MAX, min: 2, connectionTimeoutMillis: 3_000 })
    return {
      ...service,
      dependency: (options) => postgres(pool, options),
      use: () => pool.query('SELECT 1'),
      async occupy() {
        const clients = await Promise.all(Array.from({ length: MAX }, () => pool.connect()))
        let finish = (): void => {}
        const finished = new Promise<void>((resolve) => {
          finish = resolve
        })
        const done = finished.then(async () => {
          for (const client of clients) await client.query('SELECT 1').finally(() => client.release())
        })
        return { finish, done }
      },
      connections: async () => (await server.connections()).length,
      secrets: [service.connection.password],
      // The pool is ended after each test of this package.
      close: async () => {},
    }
  },
  { describe, test },
)
