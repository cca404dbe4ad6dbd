import type { ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

import { exchangesOf } from '../drain/connection.ts'
import type { Connection } from '../drain/connection.ts'
import type { Drain } from '../drain/drain.ts'
import { markLongLived } from '../drain/long-lived.ts'
import { Traffic } from '../drain/traffic.ts'
import { failImmediately } from '../probes/envoy.ts'
import type { LongLivedSubject } from './lifecycle.ts'
import { longLivedTarget } from './long-lived-target.ts'

/** What has to know of requests that come while the lifecycle is leaving. */
export interface WayOut {
  readonly drain: Drain
}

/** What has come in: it is counted here, and the way out is told of it. */
export class Arrivals {
  readonly traffic: Traffic = new Traffic()
  /** Set while the way out is under way. */
  wayOut: WayOut | undefined
  #tellsEnvoy = false

  get drain(): Drain | undefined {
    return this.wayOut?.drain
  }

  get tellsEnvoy(): boolean {
    return this.#tellsEnvoy
  }

  /** From now on every answer says that nothing more is to be sent here. */
  tellEnvoy(): void {
    this.#tellsEnvoy = true
    for (const connection of this.traffic.connections) exchangesOf(connection).forEach(failImmediately)
  }

  begin(connection: Connection, response: ServerResponse): void {
    this.traffic.begin(connection, response)
    if (this.wayOut === undefined) return
    this.wayOut.drain.begun(connection, response)
    if (this.#tellsEnvoy) failImmediately(response)
  }

  beginStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const connection = this.traffic.beginStream(stream, headers)
    if (this.wayOut === undefined) return
    if (connection !== undefined) this.wayOut.drain.streamBegun(connection)
    if (this.#tellsEnvoy) failImmediately(stream)
  }

  /** Counts an answer or a connection among those without an end of their own. */
  longLived(what: LongLivedSubject, leave: () => void): void {
    const subject = longLivedTarget(what)
    markLongLived(subject, leave)
    this.drain?.farewell.marked(subject)
  }
}
