import { assertDependencyOptions } from '@tidegate/core'

import { STAGGER_RULE } from './stagger-window.ts'

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function assertSocketIOArguments(io: unknown, options: unknown): void {
  const call = 'drainSocketIO(lifecycle, io, options)'
  const isServer = typeof io === 'object' && io !== null && 'of' in io && typeof io.of === 'function'
  const faults = isServer ? [] : ['io is no server of Socket.IO; give it what new Server(server) of socket.io has made']
  assertDependencyOptions({ call, options, common: [], own: { stagger: STAGGER_RULE }, faults })
}
