import type { HealthReport, HealthStatus } from '@tidegate/core'

/** A status, or that there cannot be one yet: what is still warming up for the first time is no alarm. */
export type ShownState = HealthStatus | 'wait'

/** As a word: never is its colour all that tells it. */
export const STATE_WORDS: Readonly<Record<ShownState, string>> = {
  pass: 'passes',
  warn: 'warns',
  fail: 'fails',
  wait: 'not warm yet',
}

export function shownState(name: string, { phase, warmUp, dependencies }: HealthReport): ShownState {
  const status = dependencies[name]?.status ?? 'fail'
  if (status !== 'fail' || (phase !== 'idle' && phase !== 'warming')) return status
  const pending = Object.hasOwn(warmUp.pending, name) ? warmUp.pending[name] : undefined
  return pending === undefined || pending.error !== undefined || pending.attempt > 1 ? status : 'wait'
}
