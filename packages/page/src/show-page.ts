import type { Lifecycle } from '@tidegate/core'

import { contentSecurityPolicy } from './content-security-policy.ts'
import { History } from './history.ts'
import { resolveRefresh } from './page-options.ts'
import type { PageOptions } from './page-options.ts'
import { RememberedPages } from './remember-page.ts'
import { renderPage } from './render-page.ts'

/**
 * Answers probes with a page for people whenever `Accept` wants `text/html`, as browsers do. From now on what happens is
 * kept for it, within bounds, until the lifecycle has stopped. Returns what takes it back.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments, and when there is such a page already.
 */
export function showPage(lifecycle: Lifecycle, options: PageOptions = {}): () => void {
  const refreshMs = resolveRefresh(lifecycle, options)
  const history = new History()
  const pages = new RememberedPages()
  const headers = {
    'content-security-policy': contentSecurityPolicy(refreshMs > 0),
    'referrer-policy': 'no-referrer',
  }
  const removeFormat = lifecycle.addProbeFormat('text/html', (view) => {
    const now = Date.now()
    const sources = { report: lifecycle.report(), historyVersion: history.version, now }
    const body = pages.get(view, sources, () => renderPage({ view, history, now, refreshMs }))
    return body === undefined ? undefined : { body, headers }
  })
  const stopRecording = history.record(lifecycle)
  return () => {
    removeFormat()
    stopRecording()
  }
}
