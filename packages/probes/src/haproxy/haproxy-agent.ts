import type { Lifecycle } from '@tidegate/core'

import { LineServer } from '../line-server.ts'
import { agentLine } from './agent-line.ts'
import { assertHaproxyAgentArguments } from './haproxy-agent-options.ts'
import type { HaproxyAgentOptions } from './haproxy-agent-options.ts'

export interface HaproxyAgent {
  /** The port it is open on. */
  readonly port: number | undefined
  /** Resolves when the port is open, after the lifecycle has started; rejects with why it cannot be, which is logged as well. */
  readonly opened: Promise<void>
  /** Ends it before the lifecycle does. */
  close(): Promise<void>
}

/**
 * Answers HAProxy's `agent-check`: `up ready 37%`, `up drain 100%`, `up maint 100%` on hold, `down ready 100% #postgres`. Opens
 * with the lifecycle, and closes when everything else has.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function haproxyAgent(lifecycle: Lifecycle, options: HaproxyAgentOptions): HaproxyAgent {
  assertHaproxyAgentArguments(lifecycle, options)
  const { port, host } = options
  const { logger } = lifecycle
  const server = new LineServer({
    name: 'the HAProxy agent',
    port,
    host,
    line: () => agentLine(lifecycle.report(), lifecycle.weight),
  })
  let isClosed = false
  const opened = started(lifecycle).then(() => server.open())
  opened.then(
    () => logger.info({ port: server.port, host }, 'the HAProxy agent is open'),
    (error: Error) => {
      if (!isClosed) logger.error({ port, host }, error.message)
    },
  )
  const unsubscribe = lifecycle.on('stopped', () => void close())
  const close = (): Promise<void> => {
    isClosed = true
    unsubscribe()
    return server.close()
  }
  return {
    get port() {
      return server.port
    },
    opened,
    close,
  }
}

function started(lifecycle: Lifecycle): Promise<void> {
  if (lifecycle.phase !== 'idle') return Promise.resolve()
  return new Promise((resolve) => {
    const unsubscribe = lifecycle.on('phase', () => {
      unsubscribe()
      resolve()
    })
  })
}
