import { formatClock } from './format.ts'
import { markup, Markup } from './markup.ts'
import type { PageData } from './page-data.ts'
import { SCRIPT } from './script.ts'
import { dependenciesSection } from './sections/dependencies.ts'
import { drainSection } from './sections/drain.ts'
import { headlineOf } from './sections/headline.ts'
import { heroSection } from './sections/hero.ts'
import { identity } from './sections/identity.ts'
import { phaseTrack } from './sections/phase-track.ts'
import { transitionsSection } from './sections/transitions.ts'
import { warmUpSection } from './sections/warm-up.ts'
import { SIGNS, tabIcon } from './signs.ts'
import { STYLE } from './style.ts'

/** The whole document. */
export function renderPage(data: PageData): string {
  const { view, refreshMs } = data
  const refreshes = refreshMs > 0
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${titleOf(data)}</title>
<link id="icon" rel="icon" href="${tabIcon(view.verdict)}">
<style>${new Markup(STYLE)}</style>
</head>
<body data-refresh="${refreshMs}">
${SIGNS}
<header class="bar-top">${identity(data)}<div class="live"><span id="state">${refreshes ? markup`<noscript>Reload for what is new</noscript>` : 'Reload for what is new'}</span>${refreshes && markup`<button id="pause" type="button" hidden>Pause</button>`}</div></header>
<p id="said" class="hidden" role="status"></p>
<p id="lost" class="lost" role="alert" hidden></p>
<div id="page">
${mainPart(data)}
${footer(data)}
</div>
${refreshes && markup`<script>${new Markup(SCRIPT)}</script>`}
</body>
</html>
`.text
}

function mainPart(data: PageData): Markup {
  const { details, dependency } = data.view
  return markup`<main>
${heroSection(data)}
${
  details !== 'none' && [
    phaseTrack(data),
    dependency === undefined && [warmUpSection(data), drainSection(data)],
    dependenciesSection(data),
    transitionsSection(data),
  ]
}
</main>`
}

function footer({ view, now }: PageData): Markup {
  const { dependency, prober } = view
  // Relative, so that it is right behind whatever rewrites paths.
  const up = prober.path.endsWith('/') ? '..' : '.'
  return markup`<footer><span>As of <time datetime="${new Date(now).toISOString()}">${formatClock(now)}</time> UTC</span>${dependency !== undefined && markup`<a href="${up}">All dependencies</a>`}</footer>`
}

function titleOf(data: PageData): string {
  const { title } = headlineOf(data)
  const { name } = data.view.report.service
  return name === undefined ? title : `${title} · ${name}`
}
