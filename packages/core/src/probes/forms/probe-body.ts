import type {
  DependencyReport,
  HealthReport,
  HealthStatus,
  PendingWarmUp,
  WarmUpReport,
} from '../../health/health-report.ts'
import { STATUS_ORDER } from '../../health/health-status.ts'
import type { ProbeKind } from '../probe-routes.ts'
import type { ProbersReport } from '../probers/prober-log.ts'
import { fit, jsonLength } from './fit.ts'
import type { ProbeDetails } from './probe-details.ts'
import { withoutError, withoutText } from './shown-report.ts'

/** Some balancers read no more than this many bytes of a health check's answer. */
export const LONGEST_BODY = 4_096

/** Bytes kept for the count of what was left out, and for the punctuation around it. */
const RESERVE = 128
const REASONS_ROOM = 512
const PENDING_ROOM = 1_024
const PROBERS_ROOM = 768
const EXCLUDED_ROOM = 256
/** Characters of the service's name, version and instance. */
const LONGEST_NAME = 100

type Entry<Value> = readonly [name: string, value: Value]
type ShownDependency = Pick<DependencyReport, 'status' | 'critical'>

/** The body for the whole service: as many dependencies as fit, those that need attention first. */
export function serviceBody(
  kind: ProbeKind,
  status: HealthStatus,
  report: HealthReport,
  details: ProbeDetails,
  excluded: readonly string[] = [],
): object {
  if (details === 'none') return { status }

  const full = details === 'full'
  const head = {
    status,
    phase: report.phase,
    ...(full && { ready: report.ready }),
    // They say why it is not ready, which the other probes do not ask.
    ...((kind === 'ready' || kind === 'health') && shownReasons(report.reasons, full)),
    ...(excluded.length > 0 && { excluded: fit(excluded, EXCLUDED_ROOM, (name) => name).kept }),
    service: shownService(report.service, full),
    ...((full || tellsWarmUp(kind, report)) && { warmUp: shownWarmUp(report.warmUp, full) }),
    ...(full && report.fleet !== undefined && { fleet: report.fleet }),
    ...(full && report.probers && { probers: shownProbers(report.probers) }),
  }
  const entries: Entry<ShownDependency>[] = worstFirst(report.dependencies)
  const room = LONGEST_BODY - RESERVE - jsonLength(head)
  const { kept, omitted } = fit(full ? entries : entries.map(toSummary), room, toSummary)
  return { ...head, dependencies: Object.fromEntries(kept), ...(omitted > 0 && { dependenciesOmitted: omitted }) }
}

/** The body for one dependency. */
export function dependencyBody(report: DependencyReport, details: ProbeDetails): object {
  if (details === 'none') return { status: report.status }
  if (details !== 'full') return summaryOf(report)
  const { data: _, ...withoutData } = report
  return jsonLength(report) <= LONGEST_BODY ? report : { ...withoutData, dataOmitted: true }
}

/** The body for a dependency there is not. The name asked for is not repeated: anybody may have written it. */
export function unknownBody(report: HealthReport, details: ProbeDetails): object {
  const error = 'no such dependency'
  if (details === 'none') return { error }
  const { kept, omitted } = fit(Object.keys(report.dependencies), LONGEST_BODY - RESERVE, (name) => name)
  return { error, dependencies: kept, ...(omitted > 0 && { dependenciesOmitted: omitted }) }
}

/** Those that need attention first. */
export function worstFirst(dependencies: HealthReport['dependencies']): Entry<DependencyReport>[] {
  const badness = ([, { status, critical }]: Entry<DependencyReport>): number =>
    2 * STATUS_ORDER.indexOf(status) + (critical ? 1 : 0)
  return Object.entries(dependencies).toSorted((a, b) => badness(b) - badness(a))
}

function toSummary([name, report]: Entry<ShownDependency>): Entry<ShownDependency> {
  return [name, summaryOf(report)]
}

function summaryOf({ status, critical }: ShownDependency): ShownDependency {
  return { status, critical }
}

export function shownReasons(
  reasons: readonly string[],
  full: boolean,
): { readonly reasons: readonly string[]; readonly reasonsOmitted?: number } {
  const { kept, omitted } = fit(full ? reasons : reasons.map(withoutText), REASONS_ROOM, withoutText)
  return { reasons: kept, ...(omitted > 0 && { reasonsOmitted: omitted }) }
}

function shownService({ name, version, instance }: HealthReport['service'], full: boolean): object {
  return {
    ...(name !== undefined && { name: name.slice(0, LONGEST_NAME) }),
    ...(version !== undefined && { version: version.slice(0, LONGEST_NAME) }),
    ...(full && instance !== undefined && { instance: instance.slice(0, LONGEST_NAME) }),
  }
}

/** The one probe asks for it, and the other has no other reason to give. */
export function tellsWarmUp(kind: ProbeKind, { phase }: HealthReport): boolean {
  return kind === 'startup' || (kind === 'ready' && phase === 'warming')
}

function shownWarmUp({ pending, ...whole }: WarmUpReport, full: boolean): object {
  const entries: Entry<PendingWarmUp>[] = Object.entries(pending)
  if (entries.length === 0) return whole
  const shorter = ([name, one]: Entry<PendingWarmUp>): Entry<PendingWarmUp> => [name, withoutError(one)]
  const { kept, omitted } = fit(full ? entries : entries.map(shorter), PENDING_ROOM, shorter)
  return { ...whole, pending: Object.fromEntries(kept), ...(omitted > 0 && { pendingOmitted: omitted }) }
}

/** Those who ask most. */
function shownProbers({ known, others }: ProbersReport): object {
  const busiest = known.toSorted((a, b) => b.asked - a.asked)
  const { kept, omitted } = fit(busiest, PROBERS_ROOM, (prober) => prober)
  return { known: kept, others, ...(omitted > 0 && { knownOmitted: omitted }) }
}
