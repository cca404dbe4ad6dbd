import type { HealthStatus, ProbeView } from '@tidegate/core'

import { count, listOf } from '../format.ts'
import type { PageData } from '../page-data.ts'
import { shownState, STATE_WORDS } from '../shown-state.ts'
import type { ShownState } from '../shown-state.ts'
import { DRAIN_STEPS } from './drain-steps.ts'

const TITLES: Readonly<Record<HealthStatus, string>> = { pass: 'Healthy', warn: 'Degraded', fail: 'Failing' }

/** How things are, in a word and a sentence. */
export interface Headline {
  readonly state: ShownState
  readonly title: string
  /** Empty when the title says it all. */
  readonly text: string
}

export function headlineOf(data: PageData): Headline {
  const { kind, verdict, dependency, details, report } = data.view
  if (dependency !== undefined) {
    const state = details === 'none' ? verdict : shownState(dependency, report)
    const is = state === 'wait' ? 'is ' : ''
    return { state, title: `${dependency} ${is}${STATE_WORDS[state]}`, text: '' }
  }
  const state = verdict
  if (details === 'none') return { state, title: TITLES[verdict], text: '' }
  if (kind === 'live') return { state, title: verdict === 'fail' ? 'Not alive' : 'Alive', text: liveText(data.view) }
  if (kind === 'startup' && verdict !== 'fail') return { state, title: 'Started', text: 'The warm-up has completed.' }
  return inPhase(data)
}

function inPhase({ view, history }: PageData): Headline {
  const { report, verdict } = view
  switch (report.phase) {
    case 'idle':
      return { state: 'wait', title: 'Not started', text: 'Nothing has been opened yet.' }
    case 'warming':
      return { state: 'wait', title: 'Warming up', text: warmingText(view) }
    case 'draining': {
      const step = history.drain.at(-1)?.step
      return { state: 'wait', title: 'Leaving', text: step === undefined ? 'The drain has begun.' : DRAIN_STEPS[step] }
    }
    case 'closing':
      return { state: 'wait', title: 'Closing', text: 'The last request is over; dependencies are being closed.' }
    case 'stopped':
      return { state: 'wait', title: 'Stopped', text: 'Everything is closed.' }
    case 'ready': {
      const held = report.reasons.filter((reason) => reason.startsWith('held'))
      const title = held.length > 0 ? 'Held' : TITLES[verdict]
      const out = held.length > 0 ? 'Out of rotation until it is released. ' : ''
      // A hold is somebody's will, and no alarm.
      const state = held.length > 0 && report.status !== 'fail' ? 'wait' : verdict
      return { state, title, text: out + dependenciesText(view) }
    }
  }
}

function liveText({ verdict }: ProbeView): string {
  return verdict === 'fail' ? 'A check that liveness hangs on fails.' : 'The event loop answers.'
}

function warmingText({ report }: ProbeView): string {
  const { warm, total: all } = report.warmUp
  return all === 0 ? 'It is not ready yet.' : `${warm} of ${count(all, 'dependency')} warm.`
}

/** Who fails, of what, and what it means. */
function dependenciesText({ report, excluded }: ProbeView): string {
  const entries = Object.entries(report.dependencies).filter(([name]) => !excluded.includes(name))
  const of = (...statuses: string[]): typeof entries => entries.filter(([, { status }]) => statuses.includes(status))
  const failing = of('fail')
  const followers = failing.filter(([, { rootCause }]) => rootCause !== undefined).map(([name]) => name)
  const causes = failing.filter(([, { rootCause }]) => rootCause === undefined)
  const parts: string[] = []
  const critical = causes.filter((entry) => entry[1].critical).map(([name]) => name)
  const optional = causes.filter((entry) => !entry[1].critical).map(([name]) => name)
  if (critical.length > 0) parts.push(`${listOf(critical)} ${verb(critical, 'fails', 'fail')}.`)
  if (followers.length > 0) parts.push(`${listOf(followers)} ${verb(followers, 'follows', 'follow')} from that.`)
  if (optional.length > 0) {
    const rest = `${verb(optional, 'fails', 'fail')}, which ${verb(optional, 'is', 'are')} not critical`
    parts.push(`${listOf(optional)} ${rest}.`)
  }
  const warning = of('warn').map(([name]) => name)
  if (warning.length > 0) parts.push(`${listOf(warning)} ${verb(warning, 'warns', 'warn')}.`)
  if (parts.length > 0) return parts.join(' ')
  return entries.length === 0
    ? 'Nothing is needed.'
    : `${entries.length === 1 ? 'Its' : 'All'} ${count(entries.length, 'dependency')} ${verb(entries, 'passes', 'pass')}.`
}

function verb(subjects: readonly unknown[], one: string, many: string): string {
  return subjects.length === 1 ? one : many
}
