import type { ServerResponse } from 'node:http'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'

import { createDeferred } from '../deferred.ts'
import type { LifecycleEvents } from '../lifecycle/events.ts'
import { emptyAcceptQueue } from './accept-queue.ts'
import { awaitUpload } from './await-upload.ts'
import { isToldToEnd, markWhenWritten } from './close-mark.ts'
import type { Connection, Exchange } from './connection.ts'
import { countLost } from './count-cut.ts'
import { cutConnection } from './cut-connection.ts'
import { cutStreams } from './cut-streams.ts'
import { startCount } from './drain-count.ts'
import type { DrainCount } from './drain-count.ts'
import { Farewell } from './farewell.ts'
import { Linger } from './linger.ts'
import { hasLongLived, hasOrdinary, isLongLived } from './long-lived.ts'
import { LostRequests } from './lost-requests.ts'
import { requestLength } from './request-length.ts'
import { sweepConnections } from './sweep-connections.ts'
import type { Traffic, TrafficObserver } from './traffic.ts'
import type { WatchedServer } from './watch-server.ts'

/** All in milliseconds from the call to leave, but for `linger`, which begins when the listener closes. */
export interface DrainPlan {
  readonly lameDuck: number
  readonly linger: number
  /** When ordinary requests are cut. */
  readonly requests: number
  /** When long-lived answers and connections are cut. */
  readonly longLived: number
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

/** How long before its deadline what is long-lived is ended: the end of an answer needs a moment to reach its client. */
const LEAVE_MS = 100

/** Which answers tell their client that the connection ends. */
type Marking = 'none' | 'early' | 'all'

/** Lame duck, accept queue, listener, linger, deadlines: the way out of every connection, once. */
export class Drain implements TrafficObserver {
  readonly count: DrainCount
  readonly farewell: Farewell
  readonly #init: DrainInit
  readonly #leftOut = new WeakSet<Exchange>()
  readonly #over = createDeferred()
  readonly #lost = new LostRequests((connection, lost) => {
    const ordinary = lost.filter((exchange) => !this.#leftOut.has(exchange))
    countLost(connection, ordinary, this.count)
  })
  readonly #linger: Linger
  #marking: Marking = 'none'
  #listening = true
  #isOver = false
  /** Until when what was ended has its moment, by `performance.now()`. */
  #leftAt = 0
  #endLameDuck: () => void = () => {}
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(init: DrainInit) {
    this.#init = init
    init.traffic.forgetClosed()
    this.count = startCount(init.traffic)
    this.farewell = new Farewell(init.traffic, this.count)
    this.#linger = new Linger({
      traffic: init.traffic,
      servers: init.servers,
      onOver: () => init.onStep('linger-over'),
    })
  }

  /** Resolves when no connection is left. */
  async run(): Promise<void> {
    const { traffic, plan, servers } = this.#init
    const start = performance.now()
    traffic.observer = this
    for (const connection of traffic.connections) {
      connection.early = true
      for (const response of connection.responses) this.#markWhenWritten(connection, response)
      if (connection.responses.length > 0) this.#lost.watch(connection)
    }

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
    for (const { session, streams } of traffic.connections) if (streams !== undefined) session?.close()
    this.#planDeadlines(performance.now() - start)
    const stopSweep = sweepConnections(traffic, plan.linger)
    this.#init.onListenerClosed()
    this.#init.onStep('listener-closed')
    this.farewell.say()
    if (this.#isOver) this.#destroyAll()

    if (plan.linger > 0) this.#after(plan.linger, () => this.#linger.end())
    else setImmediate(() => this.#linger.end())
    this.#finishWhenEmpty()
    await this.#over.promise

    for (const timer of this.#timers) clearTimeout(timer)
    this.#linger.stop()
    stopSweep()
    this.#isOver = true
    for (const server of servers()) server.release()
    this.#init.onStep('drained')
  }

  /** The last deadline: destroys what is left. Called early when somebody at a terminal has had enough. */
  cut(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#linger.stop()
    this.#init.onStep('deadline')
    this.#endLameDuck()
    if (!this.#listening) this.#destroyAll()
  }

  /** Everybody who routes here has heard: there is nothing left to be a lame duck for. */
  heard(): void {
    this.#endLameDuck()
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
    const { responses, answeredEarly, bytesRead, parsedTo } = connection
    const length = requestLength(response.req)
    // From an idle connection on; whatever was in flight, or still uploaded, before the drain was not counted.
    const start = parsedTo ?? (responses.length === 1 && !answeredEarly ? bytesRead : undefined)
    connection.parsedTo = length === undefined || start === undefined ? undefined : start + length
    this.#markWhenWritten(connection, response)
    this.#lost.watch(connection)
  }

  /** A connection turns out to speak HTTP/2; behind the linger nobody waits for its first request. */
  sessionBegun(session: ServerHttp2Session): void {
    if (this.#linger.isOver) setImmediate(() => session.close())
  }

  /** A stream has been taken up; its session ends after those that were begun by now. */
  streamBegun({ session }: Connection): void {
    // Those of the same packet are served, too: Node 20 reads freed memory when it refuses them while it reads it.
    if (!this.#listening) setImmediate(() => session?.close())
  }

  /** Leaves a probe, or what was refused at the gate, out of the count of requests. */
  leaveOut(exchange: Exchange): void {
    this.#leftOut.add(exchange)
  }

  opened(connection: Connection): void {
    this.#linger.opened(connection)
  }

  answered(connection: Connection, response: ServerResponse): void {
    // A destroyed socket makes its response say that it has finished.
    if (response.writableFinished && !connection.socket.destroyed) this.#finished(response)
    this.#lost.answered(connection, response)
    if (!response.req.complete) {
      awaitUpload(connection, response.req, this.#init.plan.linger, () => this.#linger.answered(connection))
    }
    this.#linger.answered(connection)
  }

  streamClosed(connection: Connection, stream: ServerHttp2Stream): void {
    // A session that is destroyed here closes its streams with the same code as one that has answered them.
    if (stream.writableFinished && !stream.aborted && stream.rstCode === 0) this.#finished(stream)
    this.#lost.streamClosed(connection, stream)
    this.#linger.endIdleSoon()
  }

  closed(): void {
    // The last request may have gone with its client instead of being answered.
    this.#linger.endIdleSoon()
    this.#finishWhenEmpty()
  }

  #finished(exchange: Exchange): void {
    if (!this.#leftOut.has(exchange) && !isLongLived(exchange)) this.count.finished++
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
    this.#endLameDuck = resolve
    this.#after(ms, resolve)
    await promise
  }

  /** @param elapsed since the call to leave. */
  #planDeadlines(elapsed: number): void {
    const { requests, longLived } = this.#init.plan
    const last = Math.max(requests, longLived)
    this.#after(longLived - LEAVE_MS - elapsed, () => this.#endLongLived())
    if (requests < last) {
      this.#after(requests - elapsed, () => {
        // Nobody is left time any more to ask for something.
        this.#linger.end()
        this.#cutOverdue(hasOrdinary, (exchange) => !isLongLived(exchange))
      })
    }
    if (longLived < last) {
      this.#after(longLived - elapsed, () => this.#whenLeft(() => this.#cutOverdue(hasLongLived, isLongLived)))
    }
    this.#after(last - elapsed, () => this.cut())
  }

  #cutOverdue(hasOverdue: (connection: Connection) => boolean, isOverdue: (exchange: Exchange) => boolean): void {
    this.#init.onStep('deadline')
    for (const connection of this.#init.traffic.connections) {
      if (!hasOverdue(connection)) continue
      const streams = [...(connection.streams?.keys() ?? [])]
      const overdue = streams.filter(isOverdue)
      if (overdue.length < streams.length) cutStreams(connection, overdue, this.count)
      else this.#cut(connection)
    }
  }

  #cut(connection: Connection): void {
    this.#lost.leaveOut(connection)
    cutConnection(connection, this.count)
  }

  #destroyAll(): void {
    const { traffic, servers } = this.#init
    const destroy = (): void => {
      for (const connection of traffic.connections) this.#cut(connection)
      for (const server of servers()) server.endStrangers(true)
      // Whatever else may hold a socket back: what has been destroyed is not waited for.
      this.#after(LEAVE_MS, this.#over.resolve)
    }
    // Hurried, they have not had the time yet in which they are ended.
    this.#endLongLived()
    this.#whenLeft(destroy)
  }

  #endLongLived(): void {
    if (this.farewell.end()) this.#leftAt = performance.now() + LEAVE_MS
  }

  /** A loop that was blocked ends late what it has to end, and may have to cut it in the same turn. */
  #whenLeft(cut: () => void): void {
    const left = this.#leftAt - performance.now()
    if (left > 0) this.#after(left, cut)
    else cut()
  }

  #after(ms: number, run: () => void): void {
    this.#timers.add(setTimeout(run, Math.max(0, ms)))
  }

  #finishWhenEmpty(): void {
    const { traffic, servers } = this.#init
    if (this.#listening || traffic.connections.size > 0) return
    for (const server of servers()) if (server.mayHaveStrangers) return
    this.#over.resolve()
  }
}
