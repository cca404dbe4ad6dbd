import type { CheckResult } from '@tidegate/core'

import type { Rehearsal } from './rehearsal.ts'
import { describeSpeedUp, speedUp } from './speed-up.ts'

export interface Summary {
  readonly level: 'info' | 'warn'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
  /** `3.5 times faster`. */
  readonly speedUp: string
  /** What the check says from now on. */
  readonly result: CheckResult
}

/** What a rehearsal that is over has come to. */
export function summarize(rehearsal: Rehearsal, ms: number): Summary {
  const { requests, sent, failed, converged, concurrency, slow } = rehearsal
  const speed = speedUp(requests)
  const data = { requests: sent, failed, ...speed, converged, concurrency }
  const tookMs = Math.round(ms)
  const unanswered = requests.filter(({ wasAnswered }) => !wasAnswered)
  const none = unanswered.length === requests.length
  const never = `never answered well: ${unanswered.map(({ request, trouble }) => `${request.route} (${trouble})`).join(', ')}`

  const parts = none ? [] : [`the last took ${speed.lastMs} ms each, the first ${speed.firstMs} ms`]
  if (unanswered.length > 0) parts.push(never)
  if (!converged && slow.length > 0) {
    const advice = 'if that is all it can, give a minimum, or a lower limit'
    parts.push(`${slow.join(', ')} never became faster, in ${tookMs} ms: ${advice}`)
  } else if (!converged && !none) {
    parts.push(`their latency has not converged after ${sent} of them in ${tookMs} ms`)
  }
  return {
    level: converged && unanswered.length === 0 ? 'info' : 'warn',
    message: `${sent} requests to itself: ${parts.join('; ')}`,
    fields: { ...data, tookMs },
    speedUp: describeSpeedUp(speed),
    result: unanswered.length > 0 ? { status: 'warn', message: never, data } : { status: 'pass', data },
  }
}
