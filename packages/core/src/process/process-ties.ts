import type { CutRecord } from '../drain/describe-cut.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { Logger } from '../logger.ts'
import { enterExitRegistry, exitNow } from './exit-registry.ts'
import type { ExitTicket, ProcessEnd } from './exit-registry.ts'
import { handleCrashes } from './handle-crashes.ts'
import { handleSignals } from './handle-signals.ts'
import { whoKeepsSignals } from './lost-signals.ts'
import { otherListeners } from './other-listeners.ts'
import { SignalLadder } from './signal-ladder.ts'
import { watchEarlyExit } from './watch-early-exit.ts'

/** What an end of the process would cut. */
export interface OpenWork {
  readonly phase: Phase
  readonly requests: number
  readonly connections: number
  /** The first of what is going on there. */
  readonly cut: readonly CutRecord[]
}

export interface ProcessTiesInit {
  readonly signals: readonly NodeJS.Signals[]
  /** Whether the process exits after a signal's shutdown. */
  readonly exit: boolean
  /** How long the last lines of the log may take, in milliseconds. */
  readonly flushMs: number
  readonly logger: Logger
  /** What is called with an exception that nobody has caught; `undefined` lets it end the process. */
  readonly onCrash: ((error: unknown) => void) | undefined
  /** Writes to stderr before it returns, whatever the logger is. */
  tellNow(fields: object, message: string): void
  /** Begins to leave; false when that is under way already. */
  leave(signal: NodeJS.Signals): boolean
  /** Leaves with another lifecycle, which has to end the process. */
  leaveToo(end: ProcessEnd): void
  /** Somebody at a terminal does not want to wait for the drain. */
  skipDrain(): void
}

const LONG_MS = 3_600_000

/** What binds a lifecycle to its process, from its start to its end: the signals that end it, and the exit it ends with. */
export class ProcessTies {
  /** Signals that came when the shutdown was under way. */
  readonly repeatedSignals: string[] = []
  readonly #init: ProcessTiesInit
  readonly #ladder = new SignalLadder()
  #exits = false
  #crashed = false
  #ticket: ExitTicket | undefined
  #endSignals: () => void = () => {}
  #endCrashes: () => void = () => {}
  #endWatch: () => void = () => {}
  #warming: NodeJS.Timeout | undefined

  constructor(init: ProcessTiesInit) {
    this.#init = init
  }

  bind(): void {
    // A worker that is only waiting to be ready has nothing else that would keep its process alive.
    this.#warming = setInterval(() => {}, LONG_MS)
    this.#endSignals = handleSignals(this.#init.signals, (signal) => this.#onSignal(signal))
    if (this.#init.onCrash !== undefined) this.#endCrashes = handleCrashes((error) => this.#onCrash(error))
    this.#ticket = enterExitRegistry((end) => {
      this.exitAtEnd()
      this.#init.leaveToo(end)
    })
    this.#warnOfLostSignals()
  }

  /**
   * From now on an end of the process comes too early.
   *
   * @param open what would be cut by it.
   */
  beginLeaving(open: () => OpenWork): void {
    this.endWarming()
    this.#endWatch = watchEarlyExit(({ cause, advice }) => {
      const work = open()
      const what = `phase ${work.phase}, requests in flight: ${work.requests}`
      this.#init.tellNow({ cause, ...work }, `the process ends before its shutdown does (${what}): ${cause}; ${advice}`)
    })
  }

  /** Nothing has to be waited for any more but the end itself. */
  endLeaving(): void {
    this.#endWatch()
  }

  /** The lifecycle does not wait to be ready any more: whether the process lives on is for others to say. */
  endWarming(): void {
    clearInterval(this.#warming)
  }

  /** Whether the process exits when this lifecycle has stopped. */
  get exits(): boolean {
    return this.#exits && this.#init.exit
  }

  /** The process is to end with this lifecycle, as it does after a signal. */
  exitAtEnd(): void {
    this.#exits = true
  }

  /** The same, and everything else in the process with it, unless its exit is left to the application. */
  endProcess(end: ProcessEnd): void {
    this.exitAtEnd()
    if (this.#init.exit) this.#ticket?.endProcess(end)
  }

  /** The lifecycle has stopped. */
  release(exitCode: number): void {
    const { flushMs, logger } = this.#init
    const { exits } = this
    // Until the process has gone a repeated signal must not kill it, nor a late exception change its code.
    if (!exits) {
      this.#endSignals()
      this.#endCrashes()
    }
    const others = this.#ticket?.stopped(exits ? exitCode : undefined, flushMs) ?? 0
    if (exits && others > 0) {
      logger.info({ others }, 'the process exits when the other lifecycles in it have stopped; this one has')
    }
  }

  #onSignal(signal: NodeJS.Signals): void {
    const { logger, leave, skipDrain } = this.#init
    this.exitAtEnd()
    const step = this.#ladder.step(signal, performance.now())
    if (step === 'begin') this.#warnOfOthers(signal)
    if (step === 'begin' && leave(signal)) return
    this.repeatedSignals.push(signal)
    if (step === 'skip') {
      logger.warn({ signal }, 'asked to hurry: what is left of the drain is skipped')
      skipDrain()
    } else if (step === 'exit') {
      logger.error({ signal }, 'asked to hurry again: exiting at once')
      this.#endWatch()
      exitNow(130)
    }
  }

  #onCrash(error: unknown): void {
    this.#init.onCrash?.(error)
    if (this.#crashed) return
    this.#crashed = true
    this.#warnOfOthers('uncaughtException')
  }

  #warnOfLostSignals(): void {
    const { signals, logger } = this.#init
    const keeper = signals.length === 0 ? undefined : whoKeepsSignals()
    if (keeper === undefined) return
    const advice = 'start the service with ["node", "server.js"], or with exec node server.js in a shell script'
    logger.warn(
      { keeper },
      `PID 1 is ${keeper}, which keeps signals to itself: SIGTERM will never arrive here; ${advice}`,
    )
  }

  #warnOfOthers(event: NodeJS.Signals | 'uncaughtException'): void {
    const others = otherListeners(event)
    if (others.length === 0) return
    const advice = 'one that ends the process cuts the drain; use lifecycle.addHook() instead'
    this.#init.logger.warn({ event, others }, `others listen to ${event}: ${others.join(', ')}; ${advice}`)
  }
}
