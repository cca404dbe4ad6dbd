import type { TerminusOptions } from '@tidegate/terminus'
import fc from 'fast-check'

import type { TerminusRun } from './terminus.ts'

const how = fc.constantFrom('resolves', 'resolves', 'resolves', 'waits', 'rejects', 'throws', 'hangs')
const signal = fc.constantFrom('SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2')

/** Longer than any slow request takes, or short enough to wait for what never ends. */
const timeoutFor = (inFlight: TerminusRun['inFlight']): number => (inFlight === '/endless' ? 300 : 20_000)

/** Without what is different on purpose, which has tests of its own. */
export const runs: fc.Arbitrary<TerminusRun> = fc
  .record({
    options: fc.record(
      {
        signal,
        signals: fc.array(signal, { maxLength: 3 }),
        useExit0: fc.boolean(),
        sendFailuresDuringShutdown: fc.boolean(),
        statusError: fc.constantFrom(500, 503),
      },
      { requiredKeys: [] },
    ),
    hooks: fc.record(
      {
        beforeShutdown: fc.oneof({ arbitrary: fc.constant('waits'), weight: 3 }, { arbitrary: how, weight: 2 }),
        onSignal: how,
        onSigterm: how,
        onShutdown: how,
        onSendFailureDuringShutdown: fc.constant('resolves'),
      },
      { requiredKeys: [] },
    ),
    isClosed: fc.oneof({ arbitrary: fc.constant(false), weight: 6 }, { arbitrary: fc.constant(true), weight: 1 }),
    signal: fc.oneof(
      { arbitrary: fc.constant<NodeJS.Signals>('SIGTERM'), weight: 2 },
      { arbitrary: signal, weight: 1 },
    ),
    inFlight: fc.constantFrom<TerminusRun['inFlight']>(undefined, '/slow', '/slow', '/endless'),
    alsoHears: fc.boolean(),
  })
  .map(({ alsoHears, ...run }) => ({
    ...run,
    options: { ...run.options, timeout: timeoutFor(run.inFlight) },
    // One that nobody else handles would not end the process.
    ...(alsoHears && isHandled(run.signal, run.options) && { alsoHeard: run.signal }),
    // What is told of it says that the signal has come.
    hooks: { ...(run.isClosed && { beforeShutdown: 'waits' }), ...run.hooks },
  }))

function isHandled(sent: NodeJS.Signals, { signal = 'SIGTERM', signals = [] }: TerminusOptions): boolean {
  return sent === signal || signals.includes(sent)
}
