import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'

/** Which service this is, and which of its instances. */
export function identity({ view }: PageData): Markup {
  const { name, version, instance } = view.report.service
  return markup`<p class="identity"><strong>${name ?? 'Service health'}</strong>${version !== undefined && markup` <span class="aside">${version}</span>`}${instance !== undefined && markup` <span class="aside instance">${instance}</span>`}</p>`
}
