import type { Duration, Lifecycle } from '@tidegate/core'

import { addLeaveHook } from './add-leave-hook.ts'
import { assertWebSocketArguments } from './assert-web-socket-arguments.ts'
import { untilClosing } from './until-closing.ts'
import { WebSocketFarewell } from './web-socket-farewell.ts'
import type { WebSocketServerLike } from './web-socket-server.ts'

export interface DrainWebSocketsOptions {
  /** The code of the close frame. Default 1001, "going away"; 1012 is "service restart". */
  readonly code?: number | undefined
  /** The reason in the close frame, at most 123 bytes. Default `'the server is shutting down'`. */
  readonly reason?: string | undefined
  /**
   * Over how long the close frames are spread, so that the clients do not come back as one herd. Default `'5s'`, and
   * never more than half of `shutdown.longLived`; `false` sends all at once.
   */
  readonly stagger?: Duration | false | undefined
}

const STILL_LISTENING =
  'the HTTP server of these WebSockets is still listening, so their clients may come back to it: give it to lifecycle.listen or lifecycle.attach'

/**
 * Lets the clients of a `ws` server go when the listener has closed: each is sent a close frame, and whoever has not
 * answered it shortly before the end of `shutdown.longLived` is terminated. Returns what takes it back.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function drainWebSockets(
  lifecycle: Lifecycle,
  server: WebSocketServerLike,
  options: DrainWebSocketsOptions = {},
): () => void {
  assertWebSocketArguments(server, options)
  const { code = 1001, reason = 'the server is shutting down', stagger } = options
  return addLeaveHook(lifecycle, server, {
    name: 'drain WebSockets',
    async run(context) {
      if (server.options?.server?.listening) context.logger.warn({}, STILL_LISTENING)
      const farewell = new WebSocketFarewell(server, { code, reason, stagger })
      untilClosing(lifecycle, () => farewell.end())
      await farewell.say(context)
    },
  })
}
