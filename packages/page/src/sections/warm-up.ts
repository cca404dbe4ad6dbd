import type { HealthReport, PendingWarmUp } from '@tidegate/core'

import { count, formatSpan, listOf } from '../format.ts'
import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'

/** How far the warm-up has come, while it has not finished. */
export function warmUpSection({ view: { report } }: PageData): Markup | undefined {
  const pending = Object.entries(report.warmUp.pending)
  const isOver = report.phase !== 'idle' && report.phase !== 'warming' && report.phase !== 'ready'
  if (pending.length === 0 || isOver) return undefined
  const { warm, total: all, remainingMs } = report.warmUp
  return markup`<section class="panel" aria-labelledby="warm-up">
    <h2 id="warm-up">Warm-up <span class="aside">${warm} of ${count(all, 'dependency')} warm${left(remainingMs)}</span></h2>
    <progress class="whole" max="${all}" value="${warm}" aria-label="Warm dependencies">${warm} of ${all}</progress>
    <ul class="steps">${pending.map(([name, one]) => pendingItem(name, one, report))}</ul>
  </section>`
}

function pendingItem(name: string, pending: PendingWarmUp, report: HealthReport): Markup {
  const { progress, done, total, remainingMs, error, attempt } = pending
  const blocked = (report.dependencies[name]?.dependsOn ?? []).filter((below) =>
    Object.hasOwn(report.warmUp.pending, below),
  )
  const isWaiting = blocked.length > 0 && progress === undefined && error === undefined
  return markup`<li>
    <div class="line"><strong>${name}</strong>
      <span class="aside">${isWaiting ? `waits for ${listOf(blocked)}` : (progress ?? 'under way')}${left(remainingMs)}${attempt > 1 && ` · attempt ${attempt}`}</span></div>
    ${done !== undefined && total !== undefined && total > 0 && markup`<progress max="${total}" value="${done}" aria-label="${name}">${progress}</progress>`}
    ${error !== undefined && markup`<p class="message">${error}</p>`}
  </li>`
}

/** It was last heard of a moment ago, and is an estimate anyway. */
function left(ms: number | undefined): string | false {
  return ms !== undefined && ms > 0 && ` · about ${formatSpan(Math.max(1_000, ms))} left`
}
