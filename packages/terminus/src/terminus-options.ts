import { LifecycleError } from '@tidegate/core'
import type { DrainRecord, Lifecycle } from '@tidegate/core'

import type { HealthCheck, HealthCheckMap, TerminusOptions } from './options.ts'
import { probeCheck } from './probe-check.ts'
import { TerminusError } from './terminus-error.ts'

const PATHS = ['/livez', '/startupz', '/readyz', '/healthz']

/**
 * Options for the real `@godaddy/terminus`, which stays in charge of signals, the server and the exit: its health checks
 * answer what the lifecycle's probes do, readiness fails from the signal on, and once the server has closed, after
 * `onSignal`, the lifecycle drains and closes what it has. A step that fails makes the process exit with 1.
 *
 * @param lifecycle made with `shutdown: { signals: false }`, and started by `start()` or `attach(server)`.
 * @param base options of yours. Their health checks fail while shutting down, as they do without this.
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, for a lifecycle that handles the same signals itself.
 */
export function terminusOptions(lifecycle: Lifecycle, base: TerminusOptions = {}): TerminusOptions {
  const { tidegate: _, beforeShutdown, onSignal, onSigterm, onShutdown, healthChecks, ...others } = base
  assertNoFight(lifecycle, base)
  let record: DrainRecord | undefined
  return {
    ...others,
    healthChecks: {
      ...Object.fromEntries(PATHS.map((path) => [path, probeCheck(lifecycle, path)])),
      ...failingWhileLeaving(healthChecks ?? {}, base),
    },
    // Liveness must not fail while the process is leaving; each check knows.
    sendFailuresDuringShutdown: false,
    async beforeShutdown() {
      lifecycle.hold('shutting down')
      await beforeShutdown?.()
    },
    async onSignal() {
      await (onSignal ?? onSigterm)?.()
      record = await lifecycle.shutdown({ reason: '@godaddy/terminus' })
    },
    async onShutdown() {
      await onShutdown?.()
      if (record !== undefined && record.exitCode !== 0) throw uncleanShutdown(record)
    },
  }
}

function assertNoFight(lifecycle: Lifecycle, { signal = 'SIGTERM', signals = [] }: TerminusOptions): void {
  const both = lifecycle.signals.filter((one) => one === signal || signals.includes(one))
  if (both.length === 0) return
  throw new LifecycleError(
    'TIDEGATE_CONFIG',
    `both the lifecycle and @godaddy/terminus would shut down on ${both.join(' and ')}; give createLifecycle shutdown: { signals: false }`,
  )
}

/** Which `sendFailuresDuringShutdown` did before it was switched off for all of them. */
function failingWhileLeaving(checks: HealthCheckMap, base: TerminusOptions): HealthCheckMap {
  const { sendFailuresDuringShutdown = true, onSendFailureDuringShutdown } = base
  if (!sendFailuresDuringShutdown) return checks
  const failing =
    (check: HealthCheck): HealthCheck =>
    async (context) => {
      if (!context.state.isShuttingDown) return check(context)
      await onSendFailureDuringShutdown?.()
      throw new TerminusError('shutting down', undefined)
    }
  const wrapped = Object.entries(checks).map(([url, check]) => [
    url,
    typeof check === 'function' ? failing(check) : check,
  ])
  return Object.fromEntries(wrapped) as HealthCheckMap
}

function uncleanShutdown({ steps, requests }: DrainRecord): LifecycleError {
  const failed = steps.filter(({ outcome }) => outcome !== 'done').map(({ step, name }) => `${step} of ${name}`)
  const what = failed.length > 0 ? failed.join(', ') : `${requests.cut + requests.lost} requests were cut`
  return new LifecycleError('TIDEGATE_TIMEOUT', `the shutdown was not clean: ${what}; the record of it is in the log`)
}
