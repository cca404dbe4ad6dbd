import type { HealthStatus, Lifecycle, LifecycleEvents, Phase } from '@tidegate/core'

import { Ring } from './ring.ts'

/** One run of a check. */
export interface Sample {
  readonly status: HealthStatus
  readonly latencyMs: number
}

/** A change of the phase, or of a dependency's status. */
export type Transition = {
  /** By `Date.now()`. */
  readonly at: number
  /** Why, with credentials taken out. */
  readonly message: string | undefined
} & (
  | { readonly kind: 'phase'; readonly from: Phase; readonly to: Phase }
  | {
      readonly kind: 'health'
      readonly dependency: string
      readonly from: HealthStatus
      readonly to: HealthStatus
      readonly rootCause: string | undefined
    }
)

/** What the drain had come to at one of its steps. */
export type DrainStep = { readonly at: number } & LifecycleEvents['drain']

export const MOST_TRANSITIONS = 50
export const MOST_SAMPLES = 60
const LONGEST_MESSAGE = 400

/** Keeps what happened lately, within bounds. */
export class History {
  readonly #transitions = new Ring<Transition>(MOST_TRANSITIONS)
  readonly #samples = new Map<string, Ring<Sample>>()
  readonly #drain = new Map<DrainStep['step'], DrainStep>()
  #version = 0

  /** Grows with everything that is kept. */
  get version(): number {
    return this.#version
  }

  /** The oldest first. */
  get transitions(): readonly Transition[] {
    return this.#transitions.items
  }

  /** The steps that the drain has reached, in order. */
  get drain(): readonly DrainStep[] {
    return [...this.#drain.values()]
  }

  /** The runs of one dependency's check, the oldest first. */
  samplesOf(dependency: string): readonly Sample[] {
    return this.#samples.get(dependency)?.items ?? []
  }

  /** Records from now on until the lifecycle has stopped; returns what ends it before. */
  record(lifecycle: Lifecycle): () => void {
    const subscriptions = [
      lifecycle.on('phase', ({ phase, previous, reason }) => {
        this.#add({ kind: 'phase', from: previous, to: phase, message: cut(reason) })
      }),
      lifecycle.on('health', ({ dependency, status, previous, message, rootCause }) => {
        this.#add({ kind: 'health', dependency, from: previous, to: status, rootCause, message: cut(message) })
      }),
      lifecycle.on('check', ({ dependency, result, latencyMs }) => {
        const ring = this.#samples.get(dependency) ?? new Ring<Sample>(MOST_SAMPLES)
        this.#samples.set(dependency, ring)
        ring.add({ status: result.status, latencyMs })
        this.#version += 1
      }),
      lifecycle.on('drain', (step) => {
        this.#drain.set(step.step, { at: Date.now(), ...step })
        this.#version += 1
      }),
      lifecycle.on('stopped', () => stop()),
    ]
    const stop = (): void => {
      for (const unsubscribe of subscriptions) unsubscribe()
    }
    return stop
  }

  #add(transition: DistributiveOmit<Transition, 'at'>): void {
    this.#transitions.add({ at: Date.now(), ...transition })
    this.#version += 1
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never

function cut(message: string | undefined): string | undefined {
  if (message === undefined || message.length <= LONGEST_MESSAGE) return message
  return `${message.slice(0, LONGEST_MESSAGE - 1)}…`
}
