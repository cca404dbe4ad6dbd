import type { HealthStatus } from '@tidegate/core'

import { markup, Markup } from './markup.ts'

/** What a sign stands for; each has a shape of its own, so that nothing hangs on its colour. */
export type SignName = HealthStatus | 'wait' | 'service'

/** In a box of 24 by 24. */
const SHAPES: Readonly<Record<SignName, string>> = {
  pass: '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.4 3.1 3.1 6-6.6"/>',
  warn: '<path d="M12 2.6 22.4 21H1.6Z"/><path d="M12 9.4v5.4m0 2.7v.1"/>',
  fail: '<path d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9Z"/><path d="m8.4 8.4 7.2 7.2m0-7.2-7.2 7.2"/>',
  wait: '<circle cx="12" cy="12" r="10"/><path d="M12 6.8V12l3.4 2.2"/>',
  service: '<rect x="2" y="3" width="20" height="18" rx="4"/><path d="M7 9h10M7 15h6"/>',
}

/** Their drawings, to stand once in the document; `sign` refers to them. */
export const SIGNS: Markup = markup`<svg class="signs" width="0" height="0" aria-hidden="true">${Object.entries(
  SHAPES,
).map(([name, shape]) => markup`<symbol id="sign-${name}" viewBox="0 0 24 24">${new Markup(shape)}</symbol>`)}</svg>`

export interface SignPlace {
  readonly x: number
  readonly y: number
  readonly size: number
}

/** A sign inside a picture. Its meaning has to stand beside it. */
export function sign(name: SignName, { x, y, size }: SignPlace): Markup {
  return markup`<use class="sign sign-${name}" href="#sign-${name}" x="${x}" y="${y}" width="${size}" height="${size}"/>`
}

/** A sign in a line of text. Its meaning has to stand beside it. */
export function inlineSign(name: SignName, size = 18): Markup {
  return markup`<svg class="icon" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}" aria-hidden="true">${sign(name, { x: 0, y: 0, size })}</svg>`
}

/** The mark in the browser's tab: a shape in a colour that reads on light and dark. */
export function tabIcon(status: HealthStatus): string {
  const colour = { pass: '#23935c', warn: '#c98500', fail: '#d6363d' }[status]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="${colour}" stroke="${colour}" stroke-linejoin="round">${SHAPES[
    status
  ].replace('/><path', '/><path fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"')}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
