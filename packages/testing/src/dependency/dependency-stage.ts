import assert from 'node:assert/strict'
import { inspect } from 'node:util'

import { createLifecycle } from '@tidegate/core'
import type { Dependency, DependencyOptions, Lifecycle } from '@tidegate/core'

import { follow } from '../follow.ts'
import { CLOSE_LIMIT_MS } from '../limits.ts'
import { turn } from '../turn.ts'
import { until } from '../until.ts'
import { within } from '../within.ts'
import type { DependencyFactory, DependencyHands, Work } from './dependency-factory.ts'
import type { DependencyStep } from './dependency-test.ts'
import { ResourceWatch, unwatched } from './resource-watch.ts'
import { runClose } from './run-steps.ts'
import { createStepContext } from './step-context.ts'

/** Often enough that a test need not wait; only a backend that is down is judged, never a slow machine. */
const HEALTH = { interval: 50, retryInterval: 20, timeout: '5s', fall: 1, rise: 1, staleAfter: '30s' } as const

/** One client with its backend, and everything that a test does to it. */
export class DependencyStage {
  readonly #hands: DependencyHands
  readonly #needs: readonly DependencyStep[]
  readonly #resources = new ResourceWatch()
  readonly #dependencies: Dependency[] = []
  readonly #lifecycles: Lifecycle[] = []
  readonly #work: Work[] = []
  #frozen = false
  #stopped = false

  private constructor(hands: DependencyHands, needs: readonly DependencyStep[]) {
    this.#hands = hands
    this.#needs = needs
  }

  static async open(factory: DependencyFactory, needs: readonly DependencyStep[]): Promise<DependencyStage> {
    const hands = await factory()
    const stage = new DependencyStage(hands, needs)
    const connections = await stage.connections()
    if (connections === 0) return stage
    await stage.close()
    throw new Error(`the backend has ${connections} connections before the test: give a client that has not connected`)
  }

  /** Makes the dependency; the client can be closed only once, so most tests make one. */
  make(options: DependencyOptions = {}): Dependency {
    const dependency = this.#hands.dependency(options)
    this.#dependencies.push(dependency)
    const absent = this.#needs.filter((step) => dependency[step] === undefined)
    assert.deepEqual(absent, [], 'the dependency leaves these out: say why in options.without')
    return dependency
  }

  /** A lifecycle that has not started, shut down after the test. */
  lifecycle(dependency: Dependency): Lifecycle {
    const lifecycle: Lifecycle = createLifecycle<string>({
      dependencies: [dependency],
      health: HEALTH,
      warmUp: { retry: { initial: 20, max: 100 } },
      shutdown: { signals: false, gracePeriod: '20s', linger: false, close: `${CLOSE_LIMIT_MS}ms` },
      logger: false,
    })
    this.#lifecycles.push(lifecycle)
    return lifecycle
  }

  use(): Promise<unknown> {
    return within(this.#hands.use(), () => 'the client to be used')
  }

  async occupy(): Promise<Work> {
    const work = await within(this.#hands.occupy(), () => 'the client to be busy')
    this.#work.push(work)
    work.done.catch(() => {})
    return work
  }

  async freeze(): Promise<void> {
    await unwatched(() => this.#hands.freeze())
    this.#frozen = true
  }

  async thaw(): Promise<void> {
    await unwatched(() => this.#hands.thaw())
    this.#frozen = false
  }

  async stop(): Promise<void> {
    await unwatched(() => this.#hands.stop())
    this.#stopped = true
  }

  async start(): Promise<void> {
    await unwatched(() => this.#hands.start())
    this.#stopped = false
  }

  connections(): Promise<number> {
    return within(
      unwatched(() => this.#hands.connections()),
      () => 'the number of connections',
    )
  }

  /** Waits until the backend has no more than so many connections. */
  async atMost(allowed: number): Promise<void> {
    let count = 0
    await until(
      async () => {
        count = await this.connections()
        return count <= allowed
      },
      () => `the backend to have at most ${allowed} connections; it has ${count}`,
    )
  }

  /** Waits until nothing of it is left: no connection, no timer, nothing that holds the process. */
  async nothingLeft(): Promise<void> {
    await this.atMost(0)
    await this.nothingHeld()
  }

  /** Waits until nothing of it holds the process, which does not need the backend. */
  async nothingHeld(since: ResourceWatch = this.#resources): Promise<void> {
    await until(
      async () => {
        // Timers say that they are gone a turn later.
        await turn()
        return since.list().length === 0
      },
      () => `everything to let go of the process; what holds it is ${since.list().join(', ')}`,
    )
  }

  /** What was said holds no secret, as deep as the most talkative logger would look. */
  assertNoSecret(...said: readonly unknown[]): void {
    const text = inspect(said, { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity })
    for (const secret of this.#hands.secrets) {
      assert.ok(!text.includes(secret), 'a secret was told: leave errors and options of the driver out of what is said')
    }
  }

  /** Leaves nothing behind, whatever has become of the test. */
  async close(): Promise<void> {
    this.#resources.stop()
    for (const work of this.#work) await work.finish()
    if (this.#stopped) await this.start()
    if (this.#frozen) await this.thaw()
    const context = createStepContext({ limit: CLOSE_LIMIT_MS })
    await Promise.all([
      ...this.#lifecycles.map((lifecycle) => lifecycle.shutdown()),
      ...this.#dependencies.map((dependency) => inTime(runClose(dependency, context), context.signal)),
    ])
    await this.#hands.close()
  }
}

/** What is broken has failed its test already, and need not end. */
async function inTime(step: Promise<void>, signal: AbortSignal): Promise<void> {
  const { settled } = follow(step)
  const limit = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([settled, limit])
}
