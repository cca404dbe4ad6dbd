import type { DrainRecord, Lifecycle, WebServer } from '@tidegate/core'

import { assertSteps } from './assert-steps.ts'
import { beginEnd } from './end-process.ts'
import type { TerminusState } from './options.ts'
import type { Hook, Settings } from './settings.ts'
import { withinLimit } from './within-limit.ts'

export interface DepartureInit {
  readonly server: WebServer
  readonly lifecycle: Lifecycle
  readonly settings: Settings
  readonly state: TerminusState
}

/** By which a lifecycle knows the listener of another one, and does not warn of it. */
const OURS = Symbol.for('tidegate.listener')

/** Package managers deliver one Ctrl-C twice. */
const SAME_SIGNAL_MS = 500

/** By convention: 128 and the number of SIGINT. */
const INTERRUPTED = 130

/** The way out in the order of `@godaddy/terminus`: hooks, the drain, hooks, and an end by the signal. */
export class Departure {
  readonly #init: DepartureInit
  readonly #onSignal: (signal: NodeJS.Signals) => void
  #begunAt: number | undefined
  #cleaning: Promise<void> | undefined

  constructor(init: DepartureInit) {
    this.#init = init
    const onSignal = (signal: NodeJS.Signals): void => this.#signalled(signal)
    this.#onSignal = Object.assign(onSignal, { [OURS]: true })
  }

  /** From now on the signals begin it. With `on`, not `once`: Node would otherwise kill the process on the second. */
  bind(): void {
    for (const signal of this.#init.settings.signals) process.on(signal, this.#onSignal)
  }

  #unbind(): void {
    for (const signal of this.#init.settings.signals) process.off(signal, this.#onSignal)
  }

  #signalled(signal: NodeJS.Signals): void {
    if (this.#begunAt === undefined) {
      this.#begunAt = performance.now()
      void this.#leave(signal)
    } else if (this.#init.settings.escalate && signal === 'SIGINT') {
      if (performance.now() - this.#begunAt >= SAME_SIGNAL_MS) process.exit(INTERRUPTED)
    }
  }

  async #leave(signal: NodeJS.Signals): Promise<void> {
    const { lifecycle, settings, state } = this.#init
    const end = beginEnd()
    state.isShuttingDown = true
    lifecycle.hold('shutting down')
    try {
      await this.#run('beforeShutdown', settings.beforeShutdown)
      const record = await this.#stop(signal)
      await this.#cleanUp()
      assertSteps(record)
    } catch (error) {
      settings.tell('error happened during shutdown', error)
      end(1)
      return
    }
    if (!settings.useExit0) this.#unbind()
    end(settings.useExit0 ? 0 : signal)
  }

  async #stop(signal: NodeJS.Signals): Promise<DrainRecord> {
    const { server, lifecycle, settings } = this.#init
    const { phase } = lifecycle
    const isLeaving = phase === 'draining' || phase === 'closing' || phase === 'stopped'
    if (!server.listening && !isLeaving && !settings.hooksWithoutServer) await closeAgain(server)
    // What the application still needs then is closed only after them, also when one has failed.
    const hooks = async (): Promise<void> => this.#cleanUp().catch(() => {})
    lifecycle.addHook('drained', hooks, { limit: false })
    return lifecycle.shutdown({ reason: signal })
  }

  /** Once, wherever it is called first. */
  #cleanUp(): Promise<void> {
    const { onSignal, onShutdown } = this.#init.settings
    this.#cleaning ??= this.#run('onSignal', onSignal).then(async () => this.#run('onShutdown', onShutdown))
    return this.#cleaning
  }

  async #run(name: string, hook: Hook): Promise<void> {
    await withinLimit(name, this.#init.settings.hookTimeout, hook)
  }
}

/** Node's own error, `ERR_SERVER_NOT_RUNNING`. */
function closeAgain(server: WebServer): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error?: Error) => {
      if (error === undefined) resolve()
      else reject(error)
    })
  })
}
