import type { Dependency, DependencyOptions } from '@tidegate/core'
import type { DependencyFactory } from '@tidegate/testing'

import { LineClient } from './line-client.ts'
import { createLineServer } from './line-server.ts'

type Make = (client: LineClient, options: DependencyOptions) => Dependency

/** A client of a server of its own for each test, and the dependency that is made of it. */
export function handsOn(make: Make): DependencyFactory {
  return async () => {
    const { goOn, ...server } = await createLineServer()
    const client = new LineClient({ port: server.port, password: 'sesame' })
    return {
      ...server,
      dependency: (options) => make(client, options),
      use: () => client.ask('get one'),
      occupy: async () => ({ done: client.ask('wait'), finish: goOn }),
      secrets: ['sesame'],
      async close() {
        client.drop()
        await server.close()
      },
    }
  }
}
