import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'

import { createDeferred } from '../deferred.ts'
import type { LifecycleEvents } from '../lifecycle/events.ts'
import { emptyAcceptQueue } from './accept-queue.ts'
import { awaitUpload } from './await-upload.ts'
import { isToldToEnd, markWhenWritten } from './close-mark.ts'
import { isIdle } from './connection.ts'
import type { Connection } from './connection.ts'
import { endConnection, endSpread } from './end-connection.ts'
import { requestLength } from './request-length.ts'
import type { Traffic, TrafficObserver } from './traffic.ts'
import type { WatchedServer } from './watch-server.ts'

/** All in milliseconds from the call to leave, but for `linger`, which begins when the listener closes. */
export interface DrainPlan {
  readonly lameDuck: number
  readonly linger: number
  readonly deadline: number
}

export interface DrainCount {
  lameDuckMs: number
  readonly connections: number
  readonly inFlight: number
  finished: number
  refused: number
  cutRequests: number
  cutConnections: number
}

export interface DrainInit {
  readonly traffic: Traffic
  /** Those there are by now: an adapter may meet another one late. */
  readonly servers: () => Iterable<WatchedServer>
  readonly plan: DrainPlan
  /** The listener has closed: what is left should end itself. */
  onListenerClosed(): void
  onStep(step: LifecycleEvents['drain']['step']): void
}

/** Which answers tell their client that the connection ends. */
type Marking = 'none' | 'early' | 'all'

/** Lame duck, accept queue, listener, linger, deadline: the way out of every connection, once. */
export class Drain implements TrafficObserver {
  readonly count: DrainCount
  readonly #init: DrainInit
  readonly #leftOut = new WeakSet<ServerResponse | ServerHttp2Stream>()
  readonly #over = createDeferred()
  #marking: Marking = 'none'
  #listening = true
  #lingerOver = false
  #idleEnding = false
  #isOver = false
  #endLameDuck: () => void = () => {}
  #deadlineTimer: NodeJS.Timeout | undefined
  #lingerTimer: NodeJS.Timeout | undefined
  #stopSpread: () => void = () => {}

  constructor(init: DrainInit) {
    this.#init = init
    this.count = {
      lameDuckMs: 0,
      connections: init.traffic.connections.size,
      inFlight: init.traffic.inFlight,
      finished: 0,
      refused: 0,
      cutRequests: 0,
      cutConnections: 0,
    }
  }

  /** Resolves when no connection is left. */
  async run(): Promise<void> {
    const { traffic, plan, servers } = this.#init
    const start = performance.now()
    traffic.observer = this
    for (const connection of traffic.connections) {
      connection.early = true
      for (const response of connection.responses) this.#markWhenWritten(connection, response)
    }
    this.#deadlineTimer = setTimeout(() => this.cut(), plan.deadline)

    if (plan.lameDuck > 0) {
      this.#marking = 'early'
      await this.#lameDuck(plan.lameDuck)
    }
    this.count.lameDuckMs = performance.now() - start

    // Answers are not marked meanwhile: clients told to go would come back and refill the queue.
    this.#marking = 'none'
    if (!this.#isOver) await emptyAcceptQueue(traffic)
    for (const server of servers()) server.stopListening()
    this.#listening = false
    this.#marking = 'all'
    for (const { session, wasUsed } of traffic.connections) if (wasUsed) session?.close()
    this.#init.onListenerClosed()
    this.#init.onStep('listener-closed')
    if (this.#isOver) this.#destroyAll()

    if (plan.linger > 0) this.#lingerTimer = setTimeout(() => this.#endLinger(), plan.linger)
    else setImmediate(() => this.#endLinger())
    this.#finishWhenEmpty()
    await this.#over.promise

    clearTimeout(this.#deadlineTimer)
    clearTimeout(this.#lingerTimer)
    this.#stopSpread()
    this.#isOver = true
    for (const server of servers()) server.release()
    this.#init.onStep('drained')
  }

  /** The deadline: destroys what is left. Called early when somebody at a terminal has had enough. */
  cut(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#init.onStep('deadline')
    this.#endLameDuck()
    if (!this.#listening) this.#destroyAll()
  }

  /** A server has opened its port, or was met, only now. */
  late(server: WatchedServer): void {
    if (!this.#listening) server.stopListening()
  }

  /** A server has closed with all its connections, also those from before it was watched. */
  serverClosed(): void {
    this.#finishWhenEmpty()
  }

  /** Whether a request parsed on this connection may still be answered there. */
  admits(connection: Connection): boolean {
    if (!isToldToEnd(connection)) return true
    this.count.refused++
    return false
  }

  /** A request has been taken up on this connection. */
  begun(connection: Connection, response: ServerResponse): void {
    const length = requestLength(response.req)
    // Counted from an idle connection on; whatever was in flight before the drain was not.
    const before = connection.responses.length === 1 ? 0 : connection.bytesParsed
    connection.bytesParsed = length === undefined || before === undefined ? undefined : before + length
    this.#markWhenWritten(connection, response)
  }

  /** A stream has been taken up; its session ends after those that were begun by now. */
  streamBegun({ session }: Connection): void {
    if (!this.#listening) session?.close()
  }

  /** Leaves a probe, or what was refused at the gate, out of the count of requests. */
  leaveOut(response: ServerResponse | ServerHttp2Stream): void {
    this.#leftOut.add(response)
  }

  answered(connection: Connection, response: ServerResponse): void {
    // A destroyed socket makes its response say that it has finished.
    const delivered = response.writableFinished && !connection.socket.destroyed
    if (delivered && !this.#leftOut.has(response)) this.count.finished++
    if (!response.req.complete) {
      awaitUpload(connection, response.req, this.#init.plan.linger, () => {
        if (this.#lingerOver) this.#endSoon(connection)
      })
    }
    if (!this.#lingerOver) return
    this.#endSoon(connection)
    this.#endIdle()
  }

  streamClosed(_connection: Connection, stream: ServerHttp2Stream): void {
    if (!stream.aborted && stream.rstCode === 0 && !this.#leftOut.has(stream)) this.count.finished++
    this.#endIdle()
  }

  closed(): void {
    // The last request may have gone with its client instead of being answered.
    this.#endIdle()
    this.#finishWhenEmpty()
  }

  #marks(connection: Connection): boolean {
    return this.#marking === 'all' || (this.#marking === 'early' && connection.early)
  }

  #markWhenWritten(connection: Connection, response: ServerResponse): void {
    markWhenWritten(connection, response, () => this.#marks(connection))
  }

  async #lameDuck(ms: number): Promise<void> {
    this.#init.onStep('lame-duck')
    const { promise, resolve } = createDeferred()
    const timer = setTimeout(resolve, ms)
    this.#endLameDuck = resolve
    await promise
    clearTimeout(timer)
  }

  #endLinger(): void {
    if (this.#isOver) return
    this.#lingerOver = true
    // One that has never asked for anything was left open for its first request.
    for (const { session } of this.#init.traffic.connections) session?.close()
    this.#init.onStep('linger-over')
    this.#endIdle()
  }

  /** Once, when the linger is over and nothing is in flight; what becomes idle later ends by itself. */
  #endIdle(): void {
    const { traffic, servers } = this.#init
    if (this.#idleEnding || !this.#lingerOver || traffic.inFlight > 0) return
    this.#idleEnding = true
    this.#stopSpread = endSpread([...traffic.connections].filter(isIdle))
    // Node ends the idle ones of those it has, known here or not; with nothing in flight none of ours is cut by it.
    for (const server of servers()) server.endStrangers(false)
  }

  #endSoon(connection: Connection): void {
    setImmediate(() => {
      if (isIdle(connection)) endConnection(connection)
    })
  }

  #destroyAll(): void {
    const { traffic, servers } = this.#init
    this.count.cutRequests = traffic.inFlight
    this.count.cutConnections = traffic.connections.size
    for (const { socket, session } of traffic.connections) (session ?? socket).destroy()
    for (const server of servers()) server.endStrangers(true)
  }

  #finishWhenEmpty(): void {
    const { traffic, servers } = this.#init
    if (this.#listening || traffic.connections.size > 0) return
    for (const server of servers()) if (server.mayHaveStrangers) return
    this.#over.resolve()
  }
}
