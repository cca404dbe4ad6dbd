import { html } from '../html.ts'
import type { Markup } from '../html.ts'
import type { PageData } from '../page-data.ts'

/** Which service this is, and which of its instances. */
export function identity({ view }: PageData): Markup {
  const { name, version, instance } = view.report.service
  return html`<p class="identity"><strong>${name ?? 'Service health'}</strong>${version !== undefined && html` <span class="aside">${version}</span>`}${instance !== undefined && html` <span class="aside instance">${instance}</span>`}</p>`
}
