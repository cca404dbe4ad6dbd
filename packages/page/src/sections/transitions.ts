import { count, formatClock, formatAgo } from '../format.ts'
import type { Transition } from '../history.ts'
import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'
import { STATE_WORDS } from '../shown-state.ts'
import { inlineSign } from '../signs.ts'

const AT_ONCE = 8

/** What changed last, the newest first. */
export function transitionsSection(data: PageData): Markup {
  const { view, history } = data
  const all = history.transitions
    .filter((one) => view.dependency === undefined || (one.kind === 'health' && one.dependency === view.dependency))
    .toReversed()
  const [now, earlier] = [all.slice(0, AT_ONCE), all.slice(AT_ONCE)]
  return markup`<section class="panel" aria-labelledby="transitions">
    <h2 id="transitions">What changed last</h2>
    ${all.length === 0 && markup`<p class="aside">Nothing yet.</p>`}
    ${now.length > 0 && list(now, data)}
    ${earlier.length > 0 && markup`<details id="earlier"><summary id="earlier-summary">${count(earlier.length, 'change')} before that</summary>${list(earlier, data)}</details>`}
  </section>`
}

function list(transitions: readonly Transition[], data: PageData): Markup {
  return markup`<ol class="timeline">${transitions.map((one) => item(one, data))}</ol>`
}

function item(transition: Transition, { view, now }: PageData): Markup {
  const { at, message, kind } = transition
  return markup`<li class="${kind === 'phase' ? 'is-phase' : `is-${transition.to}`}">
    <time datetime="${new Date(at).toISOString()}">${formatClock(at)}</time>
    <div><p class="change">${kind === 'phase' ? phaseChange(transition) : healthChange(transition)}</p>
      ${view.details === 'full' && message !== undefined && markup`<p class="why">${message}</p>`}</div>
    <span class="ago">${formatAgo(now - at)}</span>
  </li>`
}

function phaseChange({ from, to }: Extract<Transition, { kind: 'phase' }>): Markup {
  return markup`${inlineSign('service', 16)}<span>phase <strong>${to}</strong> <span class="aside">after ${from}</span></span>`
}

function healthChange({ dependency, to, rootCause }: Extract<Transition, { kind: 'health' }>): Markup {
  const cause = rootCause === undefined ? '' : `, because of ${rootCause}`
  return markup`${inlineSign(to, 16)}<span><strong>${dependency}</strong> ${STATE_WORDS[to]}${cause}</span>`
}
