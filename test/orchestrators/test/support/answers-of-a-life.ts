import type { AddressInfo } from 'node:net'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'

import { ask } from './ask.ts'
import type { Answers, Paths } from './ask.ts'

/** What a lifecycle answers when all is well, when its database fails, and when it is held back. */
export async function answersOfALife(
  paths: Paths,
): Promise<{ readonly well: Answers; readonly failing: Answers; readonly held: Answers }> {
  let isUp = true
  const lifecycle = createLifecycle({
    dependencies: [
      {
        name: 'database',
        check: async () => {
          if (!isUp) throw new Error('it is down')
        },
      },
    ],
    health: { interval: '100ms', retryInterval: '100ms', fall: 1, rise: 1 },
    logger: false,
    shutdown: { signals: false, linger: false },
  })
  const server = await lifecycle.listen((_request, response) => response.writeHead(404).end('{}'), 0, '127.0.0.1')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    await lifecycle.whenReady()
    const well = await ask(origin, paths)
    isUp = false
    await databaseTurns(lifecycle, 'fail')
    const failing = await ask(origin, paths)
    isUp = true
    await databaseTurns(lifecycle, 'pass')
    lifecycle.hold('by the test')
    return { well, failing, held: await ask(origin, paths) }
  } finally {
    await lifecycle.shutdown()
  }
}

async function databaseTurns(lifecycle: Lifecycle, status: string): Promise<void> {
  return new Promise((resolve) => {
    const off = lifecycle.on('health', (event) => {
      if (event.status !== status) return
      off()
      resolve()
    })
  })
}
