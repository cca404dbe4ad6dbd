import type { Duration, Lifecycle } from '@tidegate/core'

import { addLeaveHook } from './add-leave-hook.ts'
import { assertSocketIOArguments } from './assert-socket-io-arguments.ts'
import type { SocketIOServerLike } from './socket-io-server.ts'
import { tellClient, tellClients } from './tell-clients.ts'
import { untilClosing } from './until-closing.ts'

export interface DrainSocketIOOptions {
  /**
   * Over how long the clients are told to go, so that they do not come back as one herd. Default `'5s'`, and never more
   * than half of `shutdown.longLived`; `false` tells all at once.
   */
  readonly stagger?: Duration | false | undefined
}

/**
 * Lets the clients of a Socket.IO server go when the listener has closed, whatever their transport: what was emitted
 * before is sent, and each sees a `'transport close'`, upon which it connects again. Returns what takes it back.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function drainSocketIO(
  lifecycle: Lifecycle,
  io: SocketIOServerLike,
  options: DrainSocketIOOptions = {},
): () => void {
  assertSocketIOArguments(io, options)
  return addLeaveHook(lifecycle, io, {
    name: 'drain Socket.IO',
    async run(context) {
      const { engine } = io
      if (engine === undefined) return
      engine.on('connection', tellClient)
      untilClosing(lifecycle, () => engine.off('connection', tellClient))
      await tellClients(engine, options.stagger, context)
    },
  })
}
