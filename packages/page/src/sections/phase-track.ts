import type { Phase } from '@tidegate/core'

import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'
import { headlineOf } from './headline.ts'

const PHASES: readonly Phase[] = ['idle', 'warming', 'ready', 'draining', 'closing', 'stopped']

/** The phases of a life, with the present one lit. */
export function phaseTrack(data: PageData): Markup {
  const { view } = data
  const present = PHASES.indexOf(view.report.phase)
  return markup`<section class="phases" aria-label="Phase"><ol>${PHASES.map((phase, index) => {
    if (index === present)
      return markup`<li class="now is-${headlineOf({ ...data, view: { ...view, dependency: undefined } }).state}" aria-current="step">${phase}</li>`
    return markup`<li class="${index < present ? 'past' : 'coming'}">${phase}</li>`
  })}</ol></section>`
}
