import { setTimeout as delay } from 'node:timers/promises'

import type { DrainRecord } from '@tidegate/core'

import { ask } from './ask.ts'
import type { Answers, Paths } from './ask.ts'
import { openStore } from './open-store.ts'
import { startShop } from './start-shop.ts'

export interface Container {
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** The variables that hold the address of each store. */
  readonly addresses: Readonly<Record<string, 'postgres' | 'redis'>>
}

export interface Rehearsal {
  /** While neither store can be used. */
  readonly warming: Answers
  /** After SIGTERM. */
  readonly leaving: Answers
  readonly record: DrainRecord
  readonly exitCode: unknown
}

/** Before that SIGINT counts as the same as the signal before it. */
const OTHER_SIGNAL_MS = 600

/**
 * The shop as the orchestrator would run it, on stores that are down, asked and told to go. Its record says what it
 * planned; SIGINT spares us the wait.
 */
export async function rehearse({ command, env, addresses }: Container, paths: Paths): Promise<Rehearsal> {
  const stores = { postgres: await openStore('postgres'), redis: await openStore('redis') }
  const urls = Object.fromEntries(Object.entries(addresses).map(([name, store]) => [name, stores[store].url]))
  const shop = startShop(command, { ...env, ...urls, PORT: '0' })
  try {
    const { address } = await shop.logged('listening')
    const origin = `http://127.0.0.1:${(address as { port: number }).port}`
    await Promise.all([stores.postgres.visited, stores.redis.visited])
    const warming = await ask(origin, paths)

    shop.signal('SIGTERM')
    await shop.logged('phase draining')
    const leaving = await ask(origin, paths)

    await delay(OTHER_SIGNAL_MS)
    shop.signal('SIGINT')
    const record = (await shop.logged('stopped')) as unknown as DrainRecord
    return { warming, leaving, record, exitCode: await shop.ended }
  } finally {
    shop.kill()
    stores.postgres.close()
    stores.redis.close()
  }
}
