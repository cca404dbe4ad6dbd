import type { AddressInfo } from 'node:net'

import { createLifecycle, defineDependency } from '@tidegate/core'
import type { CheckResult, Dependency, Lifecycle, LifecycleOptions } from '@tidegate/core'

import { showPage } from '../../src/index.ts'
import type { PageOptions } from '../../src/index.ts'
import { deferred } from './deferred.ts'

/** What runs in a page that does not escape it. */
export const HOSTILE = `<script>hacked = 1</script><img src=x onerror="hacked = 2">"'&`

/** A shop on fakes. Every check answers what was last set for it. */
export interface Shop {
  readonly lifecycle: Lifecycle
  readonly url: string
  /** Lets PostgreSQL become warm, which has 3 of its 10 connections until then. */
  warm(): Promise<void>
  /** Resolves when the report says so, too. */
  set(statuses: Readonly<Record<string, CheckResult>>): Promise<void>
  /** Takes one request that lasts until the returned function is called. */
  beginRequest(): Promise<() => Promise<void>>
}

export interface ShopSetup {
  readonly service?: LifecycleOptions['service']
  readonly page?: PageOptions
  readonly probes?: LifecycleOptions['probes']
}

const SERVICE = { name: 'shop', version: '1.4.2', instance: 'shop-7d9f6-x2x8p' }

export async function openShop({
  service = SERVICE,
  page = { refresh: 500 },
  probes = { details: 'full' },
}: ShopSetup = {}): Promise<Shop> {
  const answers = new Map<string, CheckResult>()
  const gate = deferred()
  let request = deferred()
  const fake = (name: string, rest: Partial<Dependency> = {}): Dependency =>
    defineDependency({ name, check: () => answers.get(name) ?? { status: 'pass' }, ...rest })

  const lifecycle = createLifecycle({
    service,
    logger: false,
    health: { interval: 80, retryInterval: 40, rise: 1, fall: 1 },
    probes,
    shutdown: { linger: false },
    dependencies: [
      fake('postgres', {
        warmUp: async ({ progress }) => {
          progress(3, 10, 'connections')
          await gate.promise
        },
        check: () => answers.get('postgres') ?? { status: 'pass', data: { total: 10, idle: 7, waiting: 0, max: 20 } },
      }),
      fake('redis', { critical: false }),
      fake('queue'),
      fake('catalog', { dependsOn: ['postgres'] }),
      fake('orders', { dependsOn: ['postgres', 'queue'] }),
      fake('recommendations', { critical: false, dependsOn: ['redis', 'catalog'] }),
      fake('disk', { scope: 'local' }),
    ],
  })
  showPage(lifecycle, page)
  const server = await lifecycle.listen(
    (incoming, response) => {
      if (incoming.url === '/slow') void request.promise.then(() => response.end('done'))
      else response.end('hello')
    },
    0,
    '127.0.0.1',
  )
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    lifecycle,
    url: `${origin}/healthz`,
    async warm() {
      gate.resolve()
      await lifecycle.whenReady({ signal: AbortSignal.timeout(30_000) })
    },
    async set(statuses) {
      const done = Promise.all(
        Object.entries(statuses).map(async ([name, { status }]) => {
          if (lifecycle.report().dependencies[name]?.status === status) return
          await new Promise<void>((resolve) => {
            const stop = lifecycle.on('health', (event) => {
              if (event.dependency !== name || event.status !== status) return
              stop()
              resolve()
            })
          })
        }),
      )
      for (const [name, answer] of Object.entries(statuses)) answers.set(name, answer)
      await done
    },
    async beginRequest() {
      request = deferred()
      const answer = fetch(`${origin}/slow`)
      await new Promise((resolve) => server.once('request', resolve))
      return async () => {
        request.resolve()
        await (await answer).text()
      }
    },
  }
}
