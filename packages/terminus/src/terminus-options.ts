import { LifecycleError } from '@tidegate/core'
import type { DrainRecord, Lifecycle } from '@tidegate/core'

import { assertSteps } from './assert-steps.ts'
import type { HealthCheck, HealthCheckMap, TerminusOptions } from './options.ts'
import { probeCheck } from './probe-check.ts'
import { TerminusError } from './terminus-error.ts'

/**
 * Options for the real `@godaddy/terminus`, which stays in charge of signals, the server and the exit: its health checks
 * answer what the lifecycle's probes do, at the same paths, readiness fails from the signal on, and once the server has
 * closed, after `onSignal`, the lifecycle drains and closes what it has, also when that hook or `beforeShutdown` has failed. A
 * step that fails makes the process exit with 1.
 *
 * @param lifecycle made with `shutdown: { signals: false }`, and started by `start()` or `attach(server)`.
 * @param base options of yours. Their health checks fail while shutting down, as they do without this.
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, for a lifecycle that handles signals itself.
 */
export function terminusOptions(lifecycle: Lifecycle, base: TerminusOptions = {}): TerminusOptions {
  const { tidegate: _, beforeShutdown, onSignal, onSigterm, onShutdown, healthChecks, logger, ...others } = base
  assertNoSignals(lifecycle)
  const expected = new WeakSet<Error>()
  let record: DrainRecord | undefined
  const shutDown = async (): Promise<void> => {
    record = await lifecycle.shutdown({ reason: '@godaddy/terminus' })
  }
  return {
    ...others,
    ...(logger !== undefined && { logger: withoutExpected(logger, expected) }),
    healthChecks: {
      ...probeChecks(lifecycle, expected),
      ...failingWhileLeaving(healthChecks ?? {}, base, expected),
    },
    // Liveness must not fail while the process is leaving; each check knows.
    sendFailuresDuringShutdown: false,
    async beforeShutdown() {
      lifecycle.hold('shutting down')
      try {
        await beforeShutdown?.()
      } catch (error) {
        await shutDown()
        throw error
      }
    },
    async onSignal() {
      try {
        await (onSignal ?? onSigterm)?.()
      } finally {
        await shutDown()
      }
    },
    async onShutdown() {
      await onShutdown?.()
      if (record !== undefined) assertClean(record)
    },
  }
}

function assertNoSignals({ signals }: Lifecycle): void {
  if (signals.length === 0) return
  throw new LifecycleError(
    'TIDEGATE_CONFIG',
    `the lifecycle would shut down on ${signals.join(' and ')}, past @godaddy/terminus; give createLifecycle shutdown: { signals: false }`,
  )
}

type ToldOf = NonNullable<TerminusOptions['logger']>

/** @param expected what nobody has to be told of: checks that fail because the process is leaving. */
function withoutExpected(logger: ToldOf, expected: WeakSet<Error>): ToldOf {
  return (text, error) => {
    if (!expected.has(error)) logger(text, error)
  }
}

function probeChecks(lifecycle: Lifecycle, expected: WeakSet<Error>): HealthCheckMap {
  const checks = lifecycle.probePaths.map((path): [string, HealthCheck] => {
    const check = probeCheck(lifecycle, path)
    return [
      path,
      async (context) => {
        try {
          return await check(context)
        } catch (error) {
          if (context.state.isShuttingDown) expected.add(error as Error)
          throw error
        }
      },
    ]
  })
  return Object.fromEntries(checks)
}

/** Which `sendFailuresDuringShutdown` did before it was switched off for all of them. */
function failingWhileLeaving(checks: HealthCheckMap, base: TerminusOptions, expected: WeakSet<Error>): HealthCheckMap {
  const { sendFailuresDuringShutdown = true, onSendFailureDuringShutdown } = base
  if (!sendFailuresDuringShutdown) return checks
  const failing =
    (check: HealthCheck): HealthCheck =>
    async (context) => {
      if (!context.state.isShuttingDown) return check(context)
      await onSendFailureDuringShutdown?.()
      const error = new TerminusError('shutting down', undefined)
      expected.add(error)
      throw error
    }
  const wrapped = Object.entries(checks).map(([url, check]) => [
    url,
    typeof check === 'function' ? failing(check) : check,
  ])
  return Object.fromEntries(wrapped) as HealthCheckMap
}

function assertClean(record: DrainRecord): void {
  assertSteps(record)
  if (record.exitCode === 0) return
  const { cut, lost } = record.requests
  throw new LifecycleError('TIDEGATE_TIMEOUT', `the shutdown was not clean: ${cut + lost} requests were cut`)
}
