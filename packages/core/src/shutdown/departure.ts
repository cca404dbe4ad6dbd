import { AsyncLocalStorage } from 'node:async_hooks'

import { Drain } from '../drain/drain.ts'
import type { Traffic } from '../drain/traffic.ts'
import type { WatchedServer } from '../drain/watch-server.ts'
import type { DependencyGraph } from '../graph/dependency-graph.ts'
import type { Emit } from '../lifecycle/emitter.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { Logger } from '../logger.ts'
import { withFields } from '../logger.ts'
import type { ResolvedDependency } from '../options/resolved-options.ts'
import type { ProberLog } from '../probes/probers/prober-log.ts'
import type { BackgroundWork } from './background-work.ts'
import { closeLimit, drainDeadlines } from './budget.ts'
import type { Budget, DrainDeadlines } from './budget.ts'
import type { DrainRecord, StepRecord } from './drain-record.ts'
import type { HookStep, Hooks } from './hooks.ts'
import type { LameDuck } from './lame-duck.ts'
import { runStep } from './run-step.ts'

export interface DepartureInit {
  readonly budget: Budget
  readonly dependencies: readonly ResolvedDependency[]
  readonly graph: DependencyGraph
  readonly traffic: Traffic
  readonly servers: () => Iterable<WatchedServer>
  readonly hooks: Hooks
  readonly background: BackgroundWork
  readonly probers: ProberLog
  readonly emit: Emit
  readonly logger: Logger
  readonly reason: string
  readonly lameDuck: LameDuck
  /** Whether a dependency was ever begun; only those are drained and closed. */
  hasBegun(name: string): boolean
  /** Aborts `drainSignal`. */
  onListenerClosed(): void
  moveTo(phase: Phase): void
}

/** A step, as those see it who are called by it. */
interface RunningStep {
  readonly title: string
  isOver: boolean
  /** It may be waiting for the shutdown, which waits for it. */
  hasCalledShutdown: boolean
}

/** The way out, once: drain everything, then close everything in reverse order, and keep a record of it. */
export class Departure {
  readonly drain: Drain
  readonly #init: DepartureInit
  readonly #hurry = new AbortController()
  readonly #steps: StepRecord[] = []
  readonly #stepOfCaller = new AsyncLocalStorage<RunningStep>()
  readonly #start = performance.now()
  #leaving: Promise<void> | undefined
  readonly #deadlines: DrainDeadlines

  constructor(init: DepartureInit) {
    const { budget, lameDuck, traffic, servers, emit } = init
    this.#init = init
    init.probers.beginLeaving(lameDuck.endsWhenHeard && (() => this.drain.heard()))
    this.#deadlines = drainDeadlines(budget, lameDuck.ms)
    const { requests, longLived } = this.#deadlines
    this.drain = new Drain({
      traffic,
      servers,
      plan: { lameDuck: lameDuck.ms, linger: budget.linger, requests, longLived },
      onListenerClosed: () => {
        init.onListenerClosed()
        this.#leaving = this.#runLeaveSteps()
      },
      onStep: (step) => {
        const counts = { requests: traffic.inFlight, connections: traffic.connections.size }
        emit('drain', { step, ...counts, ...(step === 'lame-duck' ? { reason: lameDuck.why } : {}) })
      },
    })
  }

  /** Goes on at once from the drain to the close. */
  skipDrain(): void {
    this.#hurry.abort()
    this.drain.cut()
  }

  /** Somebody wants to know when all of it is over. */
  calledAgain(): void {
    const step = this.#stepOfCaller.getStore()
    if (step === undefined || step.isOver || step.hasCalledShutdown) return
    step.hasCalledShutdown = true
    const advice = 'if that awaits it, both wait until the limit; do not await lifecycle.shutdown() in a step of it'
    this.#init.logger.warn(
      { step: step.title },
      `shutdown() was called by ${step.title}, which it waits for: ${advice}`,
    )
  }

  async run(): Promise<Omit<DrainRecord, 'repeatedSignals' | 'exitCode'>> {
    const { budget, lameDuck, reason, moveTo } = this.#init
    const start = this.#start
    await Promise.all([this.drain.run(), this.#runDrainSteps()])
    await this.#leaving
    await this.#finishBackgroundWork('drain', () => start + this.#deadlines.requests - performance.now())
    const drained = performance.now()

    moveTo('closing')
    await this.#runHooks('drained', Infinity, { limited: false })
    const closing = performance.now()
    await this.#runCloseSteps(closing + budget.close)
    const end = performance.now()
    this.#stepOfCaller.disable()

    const { count } = this.drain
    return {
      reason,
      durationMs: Math.round(end - start),
      lameDuck: { plannedMs: lameDuck.ms, usedMs: Math.round(count.lameDuckMs), why: lameDuck.why },
      drain: {
        plannedMs: this.#deadlines.last - lameDuck.ms,
        usedMs: Math.round(drained - start - count.lameDuckMs),
      },
      close: { plannedMs: budget.close, usedMs: Math.round(end - closing) },
      requests: {
        inFlight: count.inFlight,
        finished: count.finished,
        refused: count.refused,
        rejected: count.rejected,
        cut: count.cutRequests,
        lost: count.lostRequests,
      },
      longLived: { open: count.longLived, ended: count.endedLongLived, cut: count.cutLongLived },
      connections: { open: count.open, ...count.connections, cut: count.cutConnections },
      cut: count.cut,
      probers: this.#init.probers.told(),
      steps: this.#steps,
    }
  }

  async #runDrainSteps(): Promise<void> {
    const { dependencies, hasBegun } = this.#init
    const draining = dependencies.map(async ({ name, drain, limits }) => {
      if (drain === undefined || !hasBegun(name)) return
      await this.#step('drain', name, Math.min(limits.drain ?? Infinity, this.#deadlines.last), drain)
    })
    await Promise.all([...draining, this.#runHooks('drain', this.#deadlines.last)])
  }

  async #runLeaveSteps(): Promise<void> {
    await this.#runHooks('leave', Math.max(0, this.#start + this.#deadlines.longLived - performance.now()))
  }

  /** After everything that could begin more of it. */
  async #finishBackgroundWork(step: HookStep, left: () => number): Promise<void> {
    const { background } = this.#init
    if (!background.isPending) return
    await this.#step(step, 'waitUntil', Math.max(0, left()), () => background.finish(), {})
    background.giveUp()
  }

  async #runCloseSteps(end: number): Promise<void> {
    const { dependencies, graph } = this.#init
    const levels = Math.max(0, ...dependencies.map(({ name }) => graph.levelsToClose(name)))
    const after = this.#init.hooks.of('close').length > 0 ? 1 : 0
    const left = (): number => Math.max(0, end - performance.now())
    const share = (): number => closeLimit(left(), 1 + levels + after)
    await this.#runHooks('drained', share())
    // What they have begun may need what is closed next.
    await this.#finishBackgroundWork('drained', share)
    await this.#closeDependencies(end, after)
    await this.#runHooks('close', left())
    await this.#finishBackgroundWork('close', left)
  }

  /** @param after How many levels come after the dependencies. */
  async #closeDependencies(end: number, after: number): Promise<void> {
    const { dependencies, graph } = this.#init
    const byName = new Map(dependencies.map((dependency) => [dependency.name, dependency]))
    const closed = new Map<string, Promise<void>>()
    for (const name of graph.order.toReversed()) {
      const dependents = graph.dependentsOf(name).map((dependent) => closed.get(dependent))
      closed.set(
        name,
        Promise.all(dependents).then(() => this.#close(byName.get(name), end, after)),
      )
    }
    await Promise.all(closed.values())
  }

  async #close(dependency: ResolvedDependency | undefined, end: number, after: number): Promise<void> {
    const { graph, hasBegun } = this.#init
    if (dependency?.close === undefined || !hasBegun(dependency.name)) return
    const left = Math.max(0, end - performance.now())
    const limit = dependency.limits.close ?? closeLimit(left, graph.levelsToClose(dependency.name) + after)
    await this.#step('close', dependency.name, Math.min(left, limit), dependency.close)
  }

  async #runHooks(step: HookStep, limitMs: number, which?: { readonly limited: boolean }): Promise<void> {
    const hooks = this.#init.hooks.of(step, which)
    await Promise.all(
      hooks.map((hook, index) => {
        const name = hook.name || `${step} hook ${index + 1}`
        return this.#step(step, name, limitMs, hook, { hook: name })
      }),
    )
  }

  async #step(
    step: HookStep,
    name: string,
    limitMs: number,
    run: NonNullable<ResolvedDependency['close']>,
    fields: object = { dependency: name },
  ): Promise<void> {
    const logger = withFields(this.#init.logger, fields)
    const hurry = step === 'drain' || step === 'leave' ? { hurry: this.#hurry.signal } : {}
    const running: RunningStep = { title: `${step} of ${name}`, isOver: false, hasCalledShutdown: false }
    const record = await runStep({
      step,
      name,
      limitMs,
      logger,
      run: async (context) => this.#stepOfCaller.run(running, run, context),
      ...hurry,
    })
    running.isOver = true
    this.#steps.push(record)
    if (record.outcome === 'done') return
    const why = running.hasCalledShutdown ? ': it has called lifecycle.shutdown(), which waits for it' : ''
    logger.error(record, `${running.title} ${record.outcome}${why}`)
  }
}
