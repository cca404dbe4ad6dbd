import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

import type { Lifecycle, WebServer } from '@tidegate/core'

export interface SuiteRoute {
  readonly method: 'get' | 'post'
  readonly path: string
  /** Dependencies it cannot do without: none, or one that your `requires` is given. */
  readonly requires: readonly string[]
  /**
   * What it gives is to be sent as your framework sends a text or a stream. When it gives nothing, the answer is written
   * on node's response, at once or later, and the framework must leave it alone. When it throws or rejects, nothing has
   * been written, and the framework's own 500 is expected.
   *
   * It reads the request's body itself, from node's request: no parser may have touched it. Bodies come as
   * `application/octet-stream`.
   */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
  ): string | Readable | undefined | Promise<string | Readable | undefined>
}

/** The app a test wants served. */
export interface SuiteApp {
  readonly lifecycle: Lifecycle
  /** What it serves; every other path gets the framework's own 404. */
  readonly routes: readonly SuiteRoute[]
  /**
   * When given: the status that a hook ahead of everything, your adapter included, answers every request with, as an
   * authentication or a rate limiter would.
   */
  readonly refuseWith: 401 | 429 | undefined
}

/**
 * Builds the app anew for each test and gives its server, which speaks HTTP/1.1, over TLS if it likes. A server that does
 * not listen yet is opened by the suite; one that does has to be reached at `localhost`, or is a Unix socket.
 * `lifecycle.shutdown()` ends it: what else your framework has to close is closed in `lifecycle.addHook('close', …)`.
 */
export type ServerFactory = (app: SuiteApp) => WebServer | Promise<WebServer>
