import { assertDependencyOptions } from '@tidegate/core'
import type { OptionRule } from '@tidegate/core'

import { STAGGER_RULE } from './stagger-window.ts'

/** What is left of a control frame's 125 bytes beside the code (RFC 6455, section 5.5). */
const LONGEST_REASON = 123

const OWN: Readonly<Record<string, OptionRule>> = {
  code: {
    fits: isCloseCode,
    what: 'a code that a close frame may carry: 1000 to 1014 without 1004, 1005 and 1006, or 3000 to 4999',
  },
  reason: {
    fits: (value) => typeof value === 'string' && Buffer.byteLength(value) <= LONGEST_REASON,
    what: `a text of at most ${LONGEST_REASON} bytes: a close frame holds no more`,
  },
  stagger: STAGGER_RULE,
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function assertWebSocketArguments(server: unknown, options: unknown): void {
  const call = 'drainWebSockets(lifecycle, server, options)'
  assertDependencyOptions({ call, options, common: [], own: OWN, faults: serverFaults(server) })
}

/** As `ws` judges it: a code it refuses would throw when the frame is sent. */
function isCloseCode(value: unknown): boolean {
  if (!Number.isInteger(value)) return false
  const code = Number(value)
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999)
}

function serverFaults(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return ['the server is missing, or is no object; give it what new WebSocketServer({ server }) of ws has made']
  }
  const server = value as Readonly<Record<string, unknown>>
  if (typeof server['of'] === 'function') {
    return ['the server is one of Socket.IO: let its clients go with drainSocketIO(lifecycle, io)']
  }
  if (typeof server['on'] !== 'function' || typeof server['handleUpgrade'] !== 'function') {
    return ['the server is not a WebSocketServer; give it what new WebSocketServer({ server }) of ws has made']
  }
  const faults: string[] = []
  if (!(server['clients'] instanceof Set)) {
    faults.push(
      'the server does not know its clients: leave clientTracking: false out (Socket.IO, whose server is made so, has drainSocketIO)',
    )
  }
  const { port } = (server['options'] ?? {}) as { port?: unknown }
  if (port !== undefined && port !== null) {
    faults.push(
      'the server has opened a port of its own, which the lifecycle cannot close: use new WebSocketServer({ server }), and give that server to lifecycle.listen',
    )
  }
  return faults
}
