import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import type { ShutdownOptions } from '@tidegate/core'
import { freePort } from '@tidegate/services'

import type { FrontLog } from './front-log.ts'
import type { Front, Servers } from './front.ts'
import { Instance } from './instance.ts'
import type { InstanceOptions } from './instance.ts'
import { judge } from './judge.ts'
import type { Verdict } from './judge.ts'
import type { Ledger } from './ledger.ts'
import { startPosts } from './post-load.ts'

export interface RollingRestarts {
  startFront(servers: Servers): Promise<Front>
  readonly shutdown: ShutdownOptions
  readonly opens: InstanceOptions['opens']
  /** How often the instances are restarted, one after the other. */
  readonly rolls: number
  /** How many of them; the default is all. */
  readonly restarted?: number
}

export interface RollingResult {
  readonly verdict: Verdict
  readonly frontLog: FrontLog
  /** What each instance that left under load has written down. */
  readonly departed: readonly Ledger[]
}

const INSTANCES = 2
const POSTS_PER_SECOND = 150
const STEADY_MS = 500

/** POSTs without a pause while instances are restarted, each when the successor of the one before has traffic. */
export async function runRollingRestarts({
  startFront,
  shutdown,
  opens,
  rolls,
  restarted = INSTANCES,
}: RollingRestarts): Promise<RollingResult> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-fronts-'))
  let started = 0
  const start = (port: number): Instance => {
    started++
    return new Instance({ port, file: join(folder, `ledger-${started}`), shutdown, opens })
  }
  const ports = await Promise.all(Array.from({ length: INSTANCES }, () => freePort()))
  const places = ports.map((port, index) => ({ name: `shop-${index + 1}`, port, instance: start(port) }))
  let front: Front | undefined
  try {
    await Promise.all(places.map(({ instance }) => instance.ready()))
    front = await startFront(Object.fromEntries(places.map(({ name, port }) => [name, port])))
    const load = startPosts(front.port, POSTS_PER_SECOND)

    const departed: Ledger[] = []
    for (let roll = 0; roll < rolls; roll++) {
      for (const place of places.slice(0, restarted)) {
        await Promise.all(places.map(({ instance }) => instance.serving()))
        await delay(STEADY_MS)
        departed.push(await place.instance.leave())
        place.instance = start(place.port)
        await place.instance.ready()
      }
    }
    await delay(STEADY_MS)

    const posts = await load.stop()
    const frontLog = await front.log()
    const rest = await Promise.all(places.map(({ instance }) => instance.leave()))
    return { verdict: judge(posts, [...departed, ...rest]), frontLog, departed }
  } finally {
    for (const { instance } of places) instance.kill()
    await front?.close()
    await rm(folder, { recursive: true, force: true })
  }
}
