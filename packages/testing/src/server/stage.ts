import { once } from 'node:events'
import { Server as TlsServer } from 'node:tls'

import { createLifecycle } from '@tidegate/core'
import type {
  Dependency,
  DrainRecord,
  Lifecycle,
  LifecycleEvents,
  ShutdownCall,
  ShutdownOptions,
  WarmUpOptions,
  WebServer,
} from '@tidegate/core'

import { Client } from '../client.ts'
import type { Address } from '../client.ts'
import { FakeStore } from '../fake-store.ts'
import { nextEvent } from '../next-event.ts'
import { turn } from '../turn.ts'
import { within } from '../within.ts'
import { Calls } from './call.ts'
import type { Call } from './call.ts'
import type { ServerFactory, SuiteRoute } from './server-factory.ts'

type Step = LifecycleEvents['drain']['step']

/** How a test wants its app served. */
export interface Setting {
  readonly shutdown?: ShutdownOptions
  /** The prefix of probes. Default none. */
  readonly prefix?: string
  /** Default: nothing refuses. */
  readonly refuseWith?: 401 | 429
  /** Whether the app cannot do without the store. Default `false`. */
  readonly critical?: boolean
  /** Whether the store is still warming up when the test begins. Default `false`. */
  readonly warming?: boolean
  /** What requests get meanwhile. Default: 503. */
  readonly warmUp?: WarmUpOptions
  /** Whether the lifecycle opens the server, or the adapter has to find it. Default `true`. */
  readonly attached?: boolean
}

/** No test takes as long as its requests may: what is cut at that limit belongs to a drain that hangs. */
const SHUTDOWN: ShutdownOptions = {
  signals: false,
  gracePeriod: '20s',
  linger: false,
  requests: '6s',
  longLived: '6s',
  close: '2s',
}

/** Depends on the store, which has to wait with its close for as long as this takes. */
const VIEW: Dependency<'view'> = { name: 'view', critical: false, dependsOn: ['store'], close: turn }

const EVERYWHERE = ['::', '0.0.0.0']

/** Whoever has to be gone when the test is over. */
interface Leaving {
  leave(): void
}

/** One app on one server, and everything that a test does to it. */
export class Stage {
  readonly lifecycle: Lifecycle
  readonly store: FakeStore = new FakeStore()
  readonly #setting: Setting
  readonly #calls = new Calls()
  readonly #clients: Leaving[] = []
  readonly #steps = new Set<Step>()
  #server: WebServer | undefined
  #address: Address | undefined
  #opening: Promise<void> = Promise.resolve()

  constructor(setting: Setting = {}) {
    this.#setting = setting
    const { critical = false, prefix, shutdown, warmUp } = setting
    this.lifecycle = createLifecycle({
      dependencies: [this.store.dependency({ critical }), VIEW],
      probes: { prefix },
      warmUp,
      shutdown: { ...SHUTDOWN, ...shutdown },
      logger: false,
    })
    this.lifecycle.on('drain', ({ step }) => this.#steps.add(step))
  }

  get server(): WebServer {
    if (this.#server === undefined) throw new Error('the stage has no server before it is open')
    return this.#server
  }

  /** How often the handler of `/held` was called. */
  get heldCount(): number {
    return this.#calls.count
  }

  /** Resolves when the app can be asked, or, where its port stays closed while warming, when the warm-up has begun. */
  async open(factory: ServerFactory): Promise<void> {
    const opening = this.#open(factory)
    if (this.#setting.warmUp?.whileWarming !== 'closed') return opening
    this.#opening = opening
    // A test that has failed by then does not wait for it any more.
    opening.catch(() => {})
    if (this.lifecycle.phase === 'idle') {
      await nextEvent(this.lifecycle, 'phase', ({ phase }) => phase === 'warming', 'the warm-up to begin')
    }
  }

  /** Where the port stays closed while warming: resolves when it is open. */
  opened(): Promise<void> {
    return within(this.#opening, () => 'the port to open')
  }

  get isOpen(): boolean {
    return this.#server?.listening === true
  }

  async #open(factory: ServerFactory): Promise<void> {
    const { lifecycle, store } = this
    const { attached = true, refuseWith, warming = false } = this.#setting
    if (!warming) store.warm()
    const server = await factory({ lifecycle, routes: this.#routes(), refuseWith })
    this.#server = server
    if (!server.listening) {
      if (attached) await lifecycle.listen(server, 0)
      else await once(server.listen(0), 'listening')
    }
    this.#address = addressOf(server)
    await lifecycle.start()
    if (!warming) await within(lifecycle.whenReady(), () => 'the app to be ready')
  }

  async connect(): Promise<Client> {
    return this.keep(await Client.connect(this.address))
  }

  /** The next call of the handler of `/held`. */
  held(): Promise<Call> {
    return within(this.#calls.next(), () => 'the handler to be called')
  }

  /** Begins the shutdown; the record tells how it went. */
  shutdown(call?: ShutdownCall): Promise<DrainRecord> {
    const stopped = within(this.lifecycle.shutdown(call), () => 'the end of the shutdown')
    // A test that has failed by then does not wait for it any more.
    stopped.catch(() => {})
    return stopped
  }

  hasReached(step: Step): boolean {
    return this.#steps.has(step)
  }

  /** Waits until the drain has come to this step; it may have passed it. */
  async reached(step: Step): Promise<void> {
    if (this.hasReached(step)) return
    await nextEvent(this.lifecycle, 'drain', (event) => event.step === step, `the drain to reach ${step}`)
  }

  /** Brings the store down or up, and waits until its check has seen it. */
  async bringStore(state: 'down' | 'up'): Promise<void> {
    const status = state === 'down' ? 'fail' : 'pass'
    const what = `the store to be seen ${state}`
    const seen = nextEvent(this.lifecycle, 'health', (event) => event.status === status, what)
    this.store.says = status
    await seen
  }

  /** Leaves nothing behind, whatever has become of the test. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.leave()
    this.#calls.release()
    await this.shutdown()
  }

  protected get address(): Address {
    if (this.#address === undefined) throw new Error('the stage has no address before it is open')
    return this.#address
  }

  /** Sees to it that the client leaves with the stage. */
  protected keep<One extends Leaving>(client: One): One {
    this.#clients.push(client)
    return client
  }

  #routes(): readonly SuiteRoute[] {
    const held = (): Pick<SuiteRoute, 'requires' | 'handle'> => ({
      requires: [],
      handle: (request, response) => this.#calls.take(request, response),
    })
    return [
      { method: 'get', path: '/', requires: [], handle: () => 'served' },
      { method: 'get', path: '/stored', requires: ['store'], handle: () => 'from the store' },
      { method: 'get', path: '/held', ...held() },
      { method: 'post', path: '/held', ...held() },
      {
        method: 'get',
        path: '/throws',
        requires: [],
        handle() {
          throw new Error('thrown by a handler, as the test wants it')
        },
      },
    ]
  }
}

function addressOf(server: WebServer): Address {
  const address = server.address()
  if (address === null) throw new Error('the server does not listen')
  const secure = server instanceof TlsServer
  if (typeof address === 'string') return { socket: { path: address }, secure }
  // An address instead of a name: nothing has to be looked up before a connection begins.
  const host = EVERYWHERE.includes(address.address) ? '127.0.0.1' : address.address
  return { socket: { host, port: address.port }, secure }
}
