import { LifecycleError } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'

import type { HealthCheck } from './options.ts'
import { TerminusError } from './terminus-error.ts'

/**
 * A health check for `@godaddy/terminus` that answers what a lifecycle answers to the probe at `path`: with its status code
 * when it fails, and its report in the body.
 */
export function probeCheck(lifecycle: Lifecycle, path: string): HealthCheck {
  return async () => {
    const answer = lifecycle.probe({ url: path })
    if (answer === undefined) {
      throw new LifecycleError('TIDEGATE_CONFIG', `the lifecycle has no probe at ${path}; see its probes.paths`)
    }
    const report: unknown = JSON.parse(answer.body)
    if (answer.status < 400) return report
    const error = new TerminusError(`${path} answers ${answer.status}`, undefined)
    throw Object.assign(error, { statusCode: answer.status, statusResponse: report })
  }
}
