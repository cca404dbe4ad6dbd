import type { HealthReport } from '@tidegate/core'

import { count, listOf } from '../format.ts'
import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'

/** How far the warm-up has come, while it has not finished. */
export function warmUpSection({ view: { report } }: PageData): Markup | undefined {
  const pending = Object.entries(report.warmUp.pending)
  const isOver = report.phase !== 'idle' && report.phase !== 'warming' && report.phase !== 'ready'
  if (pending.length === 0 || isOver) return undefined
  const all = Object.keys(report.dependencies).length
  const warm = all - pending.length
  return markup`<section class="panel" aria-labelledby="warm-up">
    <h2 id="warm-up">Warm-up <span class="aside">${warm} of ${count(all, 'dependency')} warm</span></h2>
    <progress class="whole" max="${all}" value="${warm}" aria-label="Warm dependencies">${warm} of ${all}</progress>
    <ul class="steps">${pending.map(([name, one]) => pendingItem(name, one, report))}</ul>
  </section>`
}

type Pending = HealthReport['warmUp']['pending'][string]

function pendingItem(name: string, { progress, error, attempt }: Pending, report: HealthReport): Markup {
  const [, done, of] = /^(\d+)\/(\d+)\b/.exec(progress ?? '') ?? []
  const blocked = (report.dependencies[name]?.dependsOn ?? []).filter((below) =>
    Object.hasOwn(report.warmUp.pending, below),
  )
  const isWaiting = blocked.length > 0 && progress === undefined && error === undefined
  return markup`<li>
    <div class="line"><strong>${name}</strong>
      <span class="aside">${isWaiting ? `waits for ${listOf(blocked)}` : (progress ?? 'under way')}${attempt > 1 && ` · attempt ${attempt}`}</span></div>
    ${done !== undefined && of !== undefined && markup`<progress max="${of}" value="${done}" aria-label="${name}">${progress}</progress>`}
    ${error !== undefined && markup`<p class="message">${error}</p>`}
  </li>`
}
