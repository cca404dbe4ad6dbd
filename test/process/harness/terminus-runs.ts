import type { TerminusOptions } from '@tidegate/terminus'
import fc from 'fast-check'

import type { TerminusRun } from './terminus.ts'

const how = fc.constantFrom('resolves', 'resolves', 'resolves', 'waits', 'rejects', 'throws', 'hangs')
/** One that hangs keeps the port open, and the process alive. */
const howBefore = fc.constantFrom('waits', 'waits', 'waits', 'resolves', 'rejects', 'throws')
const anySignal = fc.constantFrom<NodeJS.Signals>('SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2')

const plans = fc.record({
  options: fc.record(
    {
      signal: anySignal,
      signals: fc.array(anySignal, { maxLength: 3 }),
      useExit0: fc.boolean(),
      sendFailuresDuringShutdown: fc.boolean(),
      statusError: fc.constantFrom(500, 503),
    },
    { requiredKeys: [] },
  ),
  hooks: fc.record(
    {
      beforeShutdown: howBefore,
      onSignal: how,
      onSigterm: how,
      onShutdown: how,
      onSendFailureDuringShutdown: fc.constant('resolves'),
    },
    { requiredKeys: [] },
  ),
  isClosed: fc.constantFrom(false, false, false, false, false, true),
  sent: fc.oneof({ arbitrary: fc.constant<NodeJS.Signals>('SIGTERM'), weight: 2 }, { arbitrary: anySignal, weight: 1 }),
  inFlight: fc.constantFrom<TerminusRun['inFlight']>(undefined, '/slow', '/slow', '/endless'),
  alsoHears: fc.boolean(),
})

/** Without what is different on purpose, which has tests of its own. */
export const runs: fc.Arbitrary<TerminusRun> = plans.map(({ options, hooks, isClosed, sent, inFlight, alsoHears }) => ({
  options: Object.assign(options, { timeout: timeoutFor(inFlight) }),
  // What is told of it says that the signal has come.
  hooks: isClosed ? Object.assign({ beforeShutdown: 'waits' }, hooks) : hooks,
  isClosed,
  signal: sent,
  inFlight,
  // One that nobody else handles would not end the process.
  alsoHeard: alsoHears && isHandled(sent, options) && hooks.beforeShutdown !== 'throws' ? sent : undefined,
}))

/** Longer than any slow request takes, or short enough to wait for what never ends. */
function timeoutFor(inFlight: TerminusRun['inFlight']): number {
  return inFlight === '/endless' ? 300 : 20_000
}

function isHandled(sent: NodeJS.Signals, { signal = 'SIGTERM', signals = [] }: TerminusOptions): boolean {
  return sent === signal || signals.includes(sent)
}
