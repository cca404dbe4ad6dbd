import type { Dependency, DependencyOptions } from '@tidegate/core'

/** Something that users do with the client, and that ends when it is told to. */
export interface Work {
  /** Lets it end, as a handler does that has its result. */
  finish(): unknown
  /** Resolves when it has ended as it should; rejects when it was cut off. */
  readonly done: Promise<unknown>
}

/**
 * One client that has not connected yet, the dependency of it, and the hands of a test on what is behind it. Everything
 * resolves when what it says is so.
 */
export interface DependencyHands {
  /** Makes the dependency as a user would, with these options. Called once in most tests. */
  dependency(options: DependencyOptions): Dependency
  /** Uses the client as a request does: resolves with the backend's answer, rejects when there is none. */
  use(): Promise<unknown>
  /** Keeps the whole client busy: every connection of a pool, or the one connection with a command that blocks. */
  occupy(): Promise<Work>

  /** Stops the backend where it stands: sockets stay open and new ones are accepted, nothing answers. */
  freeze(): Promise<unknown>
  /** Lets it go on. */
  thaw(): Promise<unknown>
  /** Ends the backend: its connections close, new ones are refused. */
  stop(): Promise<unknown>
  /** Starts it again at the same address. */
  start(): Promise<unknown>
  /** How many connections the backend has, those of the hands left out. Asked only while it runs and is not frozen. */
  connections(): Promise<number>

  /** What must never be told: passwords, tokens. */
  readonly secrets: readonly string[]
  /** Ends the client, whatever state the test has left it in. The backend runs and is not frozen. */
  close(): Promise<unknown>
}

/** Makes everything anew for each test. */
export type DependencyFactory = () => DependencyHands | Promise<DependencyHands>
