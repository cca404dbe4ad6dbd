import type { DependencyReport, HealthReport } from '../../src/health/health-report.ts'
import type { HttpAnswer } from '../../src/http-answer.ts'
import type { Logger } from '../../src/index.ts'
import { SILENT } from '../../src/logger.ts'
import type { ResolvedProbes } from '../../src/options/resolved-options.ts'
import type { ProbeSource } from '../../src/probes/probe-findings.ts'
import { ProberLog } from '../../src/probes/probers/prober-log.ts'
import { RequestProber } from '../../src/probes/probers/prober.ts'
import { TrustedAddresses } from '../../src/probes/probers/trusted-addresses.ts'
import { Probes } from '../../src/probes/probes.ts'

export const PATHS: ResolvedProbes['paths'] = Object.freeze({
  live: '/livez',
  ready: '/readyz',
  startup: '/startupz',
  health: '/healthz',
})

const PROBES: ResolvedProbes = Object.freeze({
  paths: PATHS,
  readiness: 'startup',
  details: 'summary',
  port: undefined,
  drainStatus: 503,
  envoy: false,
  trusted: [],
  host: undefined,
})

/** What must never be seen unless full details are allowed. */
export const MESSAGE = 'password authentication failed for user "shop"'

export function dependencyReport(given: Partial<DependencyReport> = {}): DependencyReport {
  return {
    status: 'pass',
    critical: true,
    since: '2026-01-01T00:00:00.000Z',
    checkedAt: '2026-01-01T00:01:00.000Z',
    latencyMs: 1.5,
    dependsOn: [],
    consecutive: 7,
    ...given,
  }
}

export function healthReport(given: Partial<HealthReport> = {}): HealthReport {
  return {
    status: 'pass',
    phase: 'ready',
    ready: true,
    reasons: [],
    service: { name: 'shop', version: '1.4.2', instance: 'host-1:17' },
    warmUp: { completed: true, warm: 2, total: 2, pending: {} },
    dependencies: { postgres: dependencyReport(), redis: dependencyReport({ critical: false }) },
    ...given,
  }
}

/** A source that can be given something new to say. */
export class FakeSource implements ProbeSource {
  version = 0
  /** How often the report was asked for. */
  asked = 0
  alive = true
  livenessChecks: readonly string[] = []
  #report: HealthReport

  constructor(report: HealthReport = healthReport()) {
    this.#report = report
  }

  get phase(): HealthReport['phase'] {
    return this.#report.phase
  }

  report(): HealthReport {
    this.asked += 1
    return this.#report
  }

  change(report: HealthReport, { alive = true }: { alive?: boolean } = {}): void {
    this.#report = report
    this.alive = alive
    this.version += 1
  }
}

/** What a server answers to this request, if it is a probe. */
export function answerOf(
  probes: Probes,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer | undefined {
  const target = probes.match(url)
  return target && probes.answer(new RequestProber(target, method, url, headers, { remoteAddress: '10.0.0.9' }))
}

export function createLog(trusted: readonly string[] = []): ProberLog {
  return new ProberLog(new TrustedAddresses(trusted))
}

export function createProbes(
  source: ProbeSource,
  {
    logger = SILENT,
    log = createLog(),
    ...options
  }: Partial<ResolvedProbes> & { logger?: Logger; log?: ProberLog } = {},
): Probes {
  return new Probes(source, { ...PROBES, ...options }, log, logger)
}
