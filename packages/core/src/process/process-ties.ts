import type { Logger } from '../logger.ts'
import { enterExitRegistry, exitNow } from './exit-registry.ts'
import type { ExitTicket } from './exit-registry.ts'
import { handleSignals } from './handle-signals.ts'
import { SignalLadder } from './signal-ladder.ts'

export interface ProcessTiesInit {
  readonly signals: readonly NodeJS.Signals[]
  /** Whether the process exits after a signal's shutdown. */
  readonly exit: boolean
  /** How long the last lines of the log may take, in milliseconds. */
  readonly flushMs: number
  readonly logger: Logger
  /** Begins to leave; false when that is under way already. */
  leave(signal: NodeJS.Signals): boolean
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
  #ticket: ExitTicket | undefined
  #endSignals: () => void = () => {}
  #warming: NodeJS.Timeout | undefined

  constructor(init: ProcessTiesInit) {
    this.#init = init
  }

  bind(): void {
    // A worker that is only waiting to be ready has nothing else that would keep its process alive.
    this.#warming = setInterval(() => {}, LONG_MS)
    this.#endSignals = handleSignals(this.#init.signals, (signal) => this.#onSignal(signal))
    this.#ticket = enterExitRegistry()
  }

  /** The lifecycle does not wait to be ready any more: whether the process lives on is for others to say. */
  endWarming(): void {
    clearInterval(this.#warming)
  }

  /** The process is to end with this lifecycle, as it does after a signal. */
  exitAtEnd(): void {
    this.#exits = true
  }

  /** The lifecycle has stopped. */
  release(exitCode: number): void {
    const { exit, flushMs, logger } = this.#init
    const exits = this.#exits && exit
    // Until the process has gone a repeated signal must not kill it.
    if (!exits) this.#endSignals()
    const others = this.#ticket?.stopped(exits ? exitCode : undefined, flushMs) ?? 0
    if (exits && others > 0) {
      logger.info({ others }, 'the process exits when the other lifecycles in it have stopped; this one has')
    }
  }

  #onSignal(signal: NodeJS.Signals): void {
    const { logger, leave, skipDrain } = this.#init
    this.exitAtEnd()
    const step = this.#ladder.step(signal, performance.now())
    if (step === 'begin' && leave(signal)) return
    this.repeatedSignals.push(signal)
    if (step === 'skip') {
      logger.warn({ signal }, 'asked to hurry: what is left of the drain is skipped')
      skipDrain()
    } else if (step === 'exit') {
      logger.error({ signal }, 'asked to hurry again: exiting at once')
      exitNow(130)
    }
  }
}
