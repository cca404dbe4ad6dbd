import type { IncomingMessage, ServerResponse } from 'node:http'

import { createDeferred } from '../deferred.ts'
import { CONNECTION } from '../drain/connection.ts'
import type { TrackedSocket } from '../drain/connection.ts'
import type { Logger } from '../logger.ts'
import { writeAnswer } from '../probes/answers/write-answer.ts'
import type { Probes } from '../probes/probes.ts'
import { connectToSelf } from '../self/connect-to-self.ts'
import type { SelfConnection, SelfConnectOptions } from '../self/connect-to-self.ts'
import { ownServer } from '../self/own-server.ts'
import { isSelfRequest } from '../self/self-mark.ts'
import { Arrivals } from './arrivals.ts'
import { Judge } from './judge.ts'
import { letRequestWait } from './let-wait.ts'
import { MainGate } from './main-gate.ts'
import type { ClosedPort } from './put-off-listen.ts'
import { Reception } from './reception.ts'
import { WatchedServers } from './watched-servers.ts'

export interface FrontDoorInit {
  readonly probes: Probes
  readonly logger: Logger
  /** Whether a late server may be taken in: the lifecycle has started. */
  isRunning(): boolean
  /** A port has opened. */
  onListening(): void
  /** What keeps the ports of attached servers closed for now; `undefined` for nothing. */
  readonly closedPort: ClosedPort | undefined
}

/** Where requests come in: probes are answered and the gate is kept here, ahead of the framework. */
export class FrontDoor {
  readonly arrivals: Arrivals = new Arrivals()
  readonly gate: MainGate = new MainGate()
  readonly judge: Judge
  readonly servers: WatchedServers
  readonly #init: FrontDoorInit
  #warned = false

  constructor(init: FrontDoorInit) {
    const { arrivals, gate } = this
    const { probes, logger, onListening, closedPort } = init
    this.#init = init
    this.judge = new Judge({ probes, gate, arrivals, logger })
    const reception = new Reception(arrivals, gate, this.judge)
    this.servers = new WatchedServers({ arrivals, reception, logger, onListening, closedPort })
  }

  /**
   * A connection of the service to itself. What is asked there is the application's, and nobody else's: no gate judges it,
   * it is no probe, and the drain does not count it.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`, when there is no such server.
   */
  async connectToSelf({ server, ...options }: SelfConnectOptions = {}): Promise<SelfConnection> {
    const own = ownServer(this.servers.all, server)
    return connectToSelf(own, options, (socket) => this.arrivals.traffic.leaveOut(socket as TrackedSocket))
  }

  /** For an adapter: whether the request has been answered here; a promise of that while it waits. */
  handle(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean> {
    if (isSelfRequest(request)) return false
    const socket: TrackedSocket | undefined = request.socket
    // What came through a watched server has been judged there, by a URL from which a path may have been taken since.
    const wasJudged = socket?.[CONNECTION]?.responses.includes(response) === true
    if (wasJudged && this.#init.probes.match(request.url ?? '/') === undefined) return false
    if (!wasJudged) {
      if (!this.#init.isRunning()) this.#warnOnce()
      else this.servers.takeIn(request, response)
      if (this.judge.takesOwn(request, response)) return true
    }
    const answer = this.judge.judgeRequest(request, response)
    if (answer === undefined) return false
    const waits = this.gate.mayWait(answer) ? this.#letWait(request, response) : undefined
    if (waits !== undefined) return waits
    writeAnswer(response, answer, request.method ?? 'GET')
    return true
  }

  #letWait(request: IncomingMessage, response: ServerResponse): Promise<boolean> | undefined {
    const { room } = this.gate
    const { promise, resolve } = createDeferred<boolean>()
    const waits = room !== undefined && letRequestWait(room, this.judge, request, response, resolve)
    return waits ? promise : undefined
  }

  #warnOnce(): void {
    if (this.#warned) return
    this.#warned = true
    this.#init.logger.warn(
      {},
      'a request has come before the lifecycle was started: nothing warms up, and nothing will be drained; call lifecycle.listen(app, port), or lifecycle.attach(server) before server.listen()',
    )
  }
}
