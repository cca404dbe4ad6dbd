import assert from 'node:assert/strict'

import { createLifecycle } from '@tidegate/core'
import type { CheckResult, Dependency, Lifecycle, ProbesOptions } from '@tidegate/core'

import { FakeStore } from '../fake-store.ts'
import { nextEvent } from '../next-event.ts'
import { within } from '../within.ts'
import type { ProbeKind, Prober, ProberFactory } from './prober.ts'

export type Answers = Readonly<Partial<Record<ProbeKind, 'up' | 'down'>>>

/** What a test wants of the service that is asked about. */
export interface ProbeSetting {
  /** What the store is besides what it is by default. */
  readonly store?: Partial<Dependency>
  readonly probes?: ProbesOptions
}

/** One service that depends on one store, and a conversation about it. */
export class ProbeStage {
  readonly lifecycle: Lifecycle
  readonly store: FakeStore = new FakeStore()
  readonly #kinds: readonly ProbeKind[]
  #prober: Prober | undefined

  constructor(kinds: readonly ProbeKind[], { store, probes }: ProbeSetting = {}) {
    this.#kinds = kinds
    this.lifecycle = createLifecycle({
      dependencies: [this.store.dependency(store)],
      probes,
      shutdown: { signals: false, gracePeriod: '20s', linger: false },
      logger: false,
    })
  }

  async open(factory: ProberFactory): Promise<void> {
    this.#prober = await factory(this.lifecycle)
  }

  /** Starts the service, and waits until it is ready. */
  async ready(): Promise<void> {
    this.store.warm()
    await this.lifecycle.start()
    await this.whenReady()
  }

  whenReady(): Promise<void> {
    return within(this.lifecycle.whenReady(), () => 'the service to be ready')
  }

  /** Lets the store's check say this from now on, and waits until it has been seen. */
  async storeSays(status: CheckResult['status']): Promise<void> {
    const what = `the store to be seen as ${status}`
    const seen = nextEvent(this.lifecycle, 'check', ({ result }) => result.status === status, what)
    this.store.says = status
    await seen
  }

  /** What everybody is told who asks now, all at once. */
  async answers(): Promise<Answers> {
    return Object.fromEntries(
      await Promise.all(this.#kinds.map(async (kind) => [kind, await this.#ask(kind)] as const)),
    )
  }

  /** Asks for everything and expects this; what the prober cannot ask is left out. */
  async expect(expected: Required<Answers>): Promise<void> {
    this.assertAnswers(await this.answers(), expected)
  }

  assertAnswers(answers: Answers, expected: Required<Answers>): void {
    assert.deepEqual(answers, Object.fromEntries(this.#kinds.map((kind) => [kind, expected[kind]])))
  }

  /** Asks when nobody may be there any more. */
  async askTheGone(kind: ProbeKind): Promise<'up' | 'down' | 'gone'> {
    const asked = this.#asked(kind).catch(() => 'gone' as const)
    return within(asked, () => `an answer about ${kind} from a service that has stopped`)
  }

  get kinds(): readonly ProbeKind[] {
    return this.#kinds
  }

  async close(): Promise<void> {
    this.store.warm()
    await within(this.lifecycle.shutdown(), () => 'the end of the shutdown')
    await this.#prober?.close?.()
  }

  #ask(kind: ProbeKind): Promise<'up' | 'down'> {
    return within(this.#asked(kind), () => `an answer about ${kind}`)
  }

  async #asked(kind: ProbeKind): Promise<'up' | 'down'> {
    if (this.#prober === undefined) throw new Error('nobody can be asked before the stage is open')
    return this.#prober.ask(kind)
  }
}
