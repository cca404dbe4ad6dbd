import { count, formatClock } from '../format.ts'
import type { DrainStep } from '../history.ts'
import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'
import { inlineSign } from '../signs.ts'
import { DRAIN_STEPS, DRAIN_TITLES } from './drain-steps.ts'

/** How far the drain has come, once it has begun. */
export function drainSection({ view, history }: PageData): Markup | undefined {
  const [first] = history.drain
  if (first === undefined) return undefined
  const reached = new Map(history.drain.map((step) => [step.step, step]))
  const steps = (Object.keys(DRAIN_STEPS) as DrainStep['step'][]).filter(
    // Most drains are over before it, and some have no lame duck.
    (step) => reached.has(step) || (step !== 'deadline' && step !== 'lame-duck'),
  )
  const reason = view.details === 'full' && first.reason
  return markup`<section class="panel" aria-labelledby="drain">
    <h2 id="drain">Drain ${reason && markup`<span class="aside">${reason}</span>`}</h2>
    <ol class="steps drain">${steps.map((step) => stepItem(step, reached.get(step), history.drain, view.details === 'full'))}</ol>
  </section>`
}

function stepItem(
  name: DrainStep['step'],
  step: DrainStep | undefined,
  all: readonly DrainStep[],
  full: boolean,
): Markup {
  if (step === undefined)
    return markup`<li class="coming"><div class="line"><span class="dot"></span>${DRAIN_TITLES[name]} <span class="aside">not yet</span></div></li>`
  const isNow = step === all.at(-1)
  const seconds = ((step.at - (all[0]?.at ?? step.at)) / 1000).toFixed(1)
  return markup`<li ${isNow && markup`aria-current="step"`}>
    <div class="line">${inlineSign('pass', 16)}<strong>${DRAIN_TITLES[name]}</strong>${isNow && name !== 'drained' && markup`<span class="tag now-tag">now</span>`}
      <span class="aside"><time datetime="${new Date(step.at).toISOString()}">${formatClock(step.at)}</time> · after ${seconds} s</span></div>
    ${full && markup`<p class="counts">${count(step.requests, 'request')} in flight, ${count(step.connections, 'connection')} open then</p>`}
  </li>`
}
