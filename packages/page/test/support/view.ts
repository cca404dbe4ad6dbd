import type { DependencyReport, HealthReport, ProbeView } from '@tidegate/core'

import type { PageData } from '../../src/page-data.ts'

export const NOW = Date.parse('2026-03-01T03:12:45.000Z')

export function dependencyReport(report: Partial<DependencyReport> = {}): DependencyReport {
  return {
    status: 'pass',
    critical: true,
    since: new Date(NOW - 60_000).toISOString(),
    dependsOn: [],
    consecutive: 3,
    ...report,
  }
}

export function healthReport(report: Partial<HealthReport> = {}): HealthReport {
  return {
    status: 'pass',
    phase: 'ready',
    ready: true,
    reasons: [],
    service: { name: 'shop' },
    warmUp: { completed: true, warm: 0, total: 0, pending: {} },
    dependencies: {},
    ...report,
  }
}

/** Dependencies that pass, by what each of them needs. */
export function needing(needs: Readonly<Record<string, readonly string[]>>): HealthReport {
  const entries = Object.entries(needs).map(([name, dependsOn]) => [name, dependencyReport({ dependsOn })])
  return healthReport({ dependencies: Object.fromEntries(entries) })
}

export function probeView(view: Partial<ProbeView> = {}): ProbeView {
  return {
    kind: 'health',
    dependency: undefined,
    verdict: 'pass',
    status: 200,
    details: 'full',
    excluded: [],
    report: healthReport(),
    prober: {
      kind: 'health',
      dependency: undefined,
      method: 'GET',
      url: '/healthz',
      path: '/healthz',
      userAgent: undefined,
      address: undefined,
      probePort: false,
      header: () => undefined,
    },
    ...view,
  }
}

export function pageData(view: Partial<ProbeView> = {}, data: Partial<PageData> = {}): PageData {
  return {
    view: probeView(view),
    history: { transitions: [], drain: [], samplesOf: () => [] },
    now: NOW,
    refreshMs: 2_000,
    ...data,
  }
}

/** What a page says, without its markup, style and script. */
export function textOf(page: string): string {
  return page
    .replace(/<(style|script|title)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}
