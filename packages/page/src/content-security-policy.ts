import { createHash } from 'node:crypto'

import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

/** Allows this page's own style, its tab's icon and, if it refreshes itself, its own script; nothing else at all. */
export function contentSecurityPolicy(refreshes: boolean): string {
  return [
    "default-src 'none'",
    `style-src ${sourceOf(STYLE)}`,
    'img-src data:',
    ...(refreshes ? [`script-src ${sourceOf(SCRIPT)}`, "connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
