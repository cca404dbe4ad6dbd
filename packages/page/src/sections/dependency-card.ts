import type { DependencyReport } from '@tidegate/core'

import { formatAgo, formatClock, formatLatency, formatSince, listOf } from '../format.ts'
import { isRootCause } from '../graph/node-label.ts'
import { latencyBars, summariseSamples } from '../latency-bars.ts'
import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'
import { shownState, STATE_WORDS } from '../shown-state.ts'
import { inlineSign } from '../signs.ts'

/** One dependency: how it is, since when, why, and what hangs on it. */
export function dependencyCard(name: string, report: DependencyReport, { view, history, now }: PageData): Markup {
  const {
    critical,
    since,
    message,
    data,
    dependsOn,
    rootCause,
    affects = [],
    affectedEndpoints = [],
    heldUntil,
  } = report
  const state = shownState(name, view.report)
  const full = view.details === 'full'
  const samples = history.samplesOf(name)
  const hangs = state === 'fail' && (rootCause !== undefined || affects.length > 0)
  return markup`<article class="card is-${state}" aria-labelledby="name-${name}">
    <header>${inlineSign(state, 20)}<div><h3 id="name-${name}">${name}</h3>
      <p class="status"><strong>${STATE_WORDS[state]}</strong>${state !== 'wait' && markup` <span class="aside"><time datetime="${since}">${formatSince(now - Date.parse(since))}</time></span>`}</p></div></header>
    <p class="tags">${isRootCause({ report, state }) && markup`<span class="tag cause">root cause</span> `}<span>${critical ? 'critical' : 'not critical'}${dependsOn.length > 0 && `, needs ${listOf(dependsOn)}`}</span></p>
    ${message !== undefined && state !== 'wait' && markup`<p class="message">${message}</p>`}
    ${hangs && markup`<p>${rootCause === undefined ? `Takes down ${listOf(affects)}.` : `Because of ${rootCause}.`}</p>`}
    ${affectedEndpoints.length > 0 && markup`<p>Answered with 503: ${listOf(bounded(affectedEndpoints))}.</p>`}
    ${heldUntil !== undefined && markup`<p>Its check passes again. It counts as failing until ${formatClock(Date.parse(heldUntil))} UTC, in case it falls once more.</p>`}
    ${data !== undefined && markup`<dl class="data">${Object.entries(data).map(([key, value]) => markup`<div><dt>${key}</dt><dd>${String(value)}</dd></div>`)}</dl>`}
    ${
      samples.length > 0 &&
      markup`<div class="checks">${latencyBars(name, samples, full)}
      <p class="counts"><span>${summariseSamples(samples, full)}</span>${lastCheck(report, now)}</p></div>`
    }
  </article>`
}

function lastCheck({ checkedAt, latencyMs }: DependencyReport, now: number): Markup | false {
  if (checkedAt === undefined) return false
  const took = latencyMs === undefined ? '' : `${formatLatency(latencyMs)}, `
  return markup`<span>last ${took}<time datetime="${checkedAt}">${formatAgo(now - Date.parse(checkedAt))}</time></span>`
}

const MOST_ENDPOINTS = 10

function bounded(endpoints: readonly string[]): readonly string[] {
  if (endpoints.length <= MOST_ENDPOINTS) return endpoints
  return [...endpoints.slice(0, MOST_ENDPOINTS), `${endpoints.length - MOST_ENDPOINTS} more`]
}
