import type { DependencyReport, HealthReport } from '@tidegate/core'

import { count } from '../format.ts'
import { describeGraph } from '../graph/describe-graph.ts'
import { drawPicture } from '../graph/draw-picture.ts'
import { toGraph } from '../graph/graph.ts'
import { lanePicture } from '../graph/lane-picture.ts'
import { layeredPicture } from '../graph/layered-picture.ts'
import { isRootCause } from '../graph/node-label.ts'
import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'
import { shownState } from '../shown-state.ts'
import { dependencyCard } from './dependency-card.ts'

/** What a phone of 360 px has room for. */
const NARROW = 310
/** What the page has room for at its widest; the layers of a deeper graph would have to be shrunk. */
const WIDEST = 1_010
const WIDE_LANES = 560

/** The dependencies as a picture, then each of them, those that need attention first. */
export function dependenciesSection(data: PageData): Markup | undefined {
  const { report, dependency } = data.view
  const all = Object.entries(report.dependencies)
  if (all.length === 0) return undefined
  const shown = dependency === undefined ? all.toSorted(byUrgency(report)) : all.filter(([name]) => name === dependency)
  return markup`<section aria-labelledby="dependencies">
    <h2 id="dependencies">${dependency === undefined ? 'Dependencies' : 'Where it stands'}</h2>
    ${graphFigure(data)}
    <div class="cards">${shown.map(([name, one]) => dependencyCard(name, one, data))}</div>
  </section>`
}

function graphFigure({ view: { report } }: PageData): Markup {
  const graph = toGraph(report)
  const serviceName = report.service.name ?? 'service'
  const wide = layeredPicture(graph, serviceName)
  const fits = wide.width <= WIDEST
  const shared = { description: describeGraph(graph, serviceName), serviceName }
  return markup`<figure class="panel">
    ${drawPicture({ ...shared, picture: lanePicture(graph, NARROW), className: 'narrow' })}
    ${drawPicture({ ...shared, picture: fits ? wide : lanePicture(graph, WIDE_LANES), className: 'wide' })}
    <figcaption>Arrows lead to what is needed. ${legend(report.dependencies)}${graph.hidden > 0 && ` ${count(graph.hidden, 'dependency')} more below.`}</figcaption>
  </figure>`
}

function legend(dependencies: Readonly<Record<string, DependencyReport>>): string {
  return Object.values(dependencies).some(({ critical }) => !critical) ? 'Dashed: the service works without it.' : ''
}

type Entry = readonly [string, DependencyReport]

function byUrgency(health: HealthReport): (a: Entry, b: Entry) => number {
  const urgency = ([name, report]: Entry): number => {
    const state = shownState(name, health)
    const badness = { pass: 0, wait: 4, warn: 8, fail: 12 }[state]
    return badness + (isRootCause({ report, state }) ? 2 : 0) + (report.critical ? 1 : 0)
  }
  return (a, b) => urgency(b) - urgency(a)
}
