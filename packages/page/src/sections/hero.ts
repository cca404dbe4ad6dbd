import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'
import { inlineSign } from '../signs.ts'
import { headlineOf } from './headline.ts'

const PROBES = {
  live: 'Liveness probe',
  ready: 'Readiness probe',
  startup: 'Startup probe',
  health: 'Health probe',
} as const

/** The verdict, why, and what balancers hear. */
export function heroSection(data: PageData): Markup {
  const { kind, dependency, status, details, report, excluded } = data.view
  const { state, title, text } = headlineOf(data)
  const tells = details !== 'none' && dependency === undefined
  return markup`<section class="hero is-${state}" aria-labelledby="verdict">
    <div class="hero-sign">${inlineSign(state, 44)}</div>
    <div class="hero-text">
      <h1 id="verdict">${title}</h1>
      ${text !== '' && markup`<p class="lead">${text}</p>`}
      ${tells && holds(report.reasons)}
      ${excluded.length > 0 && markup`<p class="aside">Left out of this verdict: ${excluded.join(', ')}</p>`}
    </div>
    <dl class="facts">
      <div><dt>${dependency === undefined ? PROBES[kind] : 'This probe'}</dt><dd>${status}</dd></div>
      ${tells && [fact('In rotation', report.ready), fact('Warmed up', report.warmUp.completed)]}
    </dl>
  </section>`
}

function holds(reasons: readonly string[]): Markup | false {
  const held = reasons.filter((reason) => reason.startsWith('held: '))
  if (held.length === 0) return false
  return markup`<ul class="holds" aria-label="Holds">${held.map((reason) => markup`<li>${reason.slice('held: '.length)}</li>`)}</ul>`
}

function fact(name: string, isSo: boolean): Markup {
  return markup`<div><dt>${name}</dt><dd>${isSo ? 'yes' : 'no'}</dd></div>`
}
