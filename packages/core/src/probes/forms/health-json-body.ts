import type { DependencyReport } from '../../health/health-report.ts'
import type { ProbeFindings } from '../probe-findings.ts'
import { fit, jsonLength } from './fit.ts'
import { LONGEST_BODY, shownReasons, worstFirst } from './probe-body.ts'
import type { ProbeDetails } from './probe-details.ts'
import { toUriTemplate } from './uri-template.ts'

type Check = Readonly<Record<string, unknown>>
type Entry = readonly [key: string, checks: readonly [Check]]

/** Bytes kept for the punctuation, and for the count of what was left out. */
const RESERVE = 128
const LONGEST_NAME = 100

/** The body of draft-inadarei-api-health-check-06. */
export function healthJsonBody(findings: ProbeFindings, details: ProbeDetails): object {
  const { kind, dependency, verdict, report } = findings
  const status = { status: verdict }
  if (details === 'none') return status

  const full = details === 'full'
  const { name, version, instance } = report.service
  const showsReasons = dependency === undefined && (kind === 'ready' || kind === 'health')
  const notes = showsReasons ? shownReasons(report.reasons, full).reasons : []
  const head = {
    ...status,
    ...(version !== undefined && { releaseId: version.slice(0, LONGEST_NAME) }),
    ...(name !== undefined && { description: name.slice(0, LONGEST_NAME) }),
    ...(full && instance !== undefined && { serviceId: instance.slice(0, LONGEST_NAME) }),
    ...(notes.length > 0 && { notes }),
  }
  const entries = worstFirst(report.dependencies)
    .filter(([one]) => dependency === undefined || one === dependency)
    .map((entry) => (full ? fullEntry(entry) : summaryEntry(entry)))
  const { kept, omitted } = fit<Entry>(entries, LONGEST_BODY - RESERVE - jsonLength(head), shorter)
  return { ...head, checks: Object.fromEntries(kept), ...(omitted > 0 && { checksOmitted: omitted }) }
}

function summaryEntry([name, { status, critical }]: readonly [string, DependencyReport]): Entry {
  return [name, [{ componentId: name, componentType: 'component', status, critical }]]
}

/** Whatever the report holds beside the draft's own fields is shown by its own name, which the draft allows. */
function fullEntry([name, report]: readonly [string, DependencyReport]): Entry {
  const { status, message, latencyMs, checkedAt, affectedEndpoints = [], ...rest } = report
  const templates = endpointTemplates(affectedEndpoints)
  const measured = latencyMs !== undefined && { observedValue: latencyMs, observedUnit: 'ms' }
  const check = {
    componentId: name,
    componentType: 'component',
    ...measured,
    status,
    ...(checkedAt !== undefined && { time: checkedAt }),
    ...(message !== undefined && status !== 'pass' && { output: message }),
    ...rest,
    // Nothing is affected by what passes, and the draft wants it left out then.
    ...(status !== 'pass' && templates.length > 0 && { affectedEndpoints: templates }),
  }
  return [measured ? `${name}:responseTime` : name, [check]]
}

/** The draft has URI Templates there, so that a method has no place in it. */
function endpointTemplates(endpoints: readonly string[]): readonly string[] {
  const templates = endpoints.map((endpoint) => toUriTemplate(endpoint.slice(endpoint.indexOf(' ') + 1)))
  return [...new Set(templates.filter((template) => template !== undefined))]
}

function shorter([key, [{ componentId, componentType, status, critical }]]: Entry): Entry {
  return [key, [{ componentId, componentType, status, critical }]]
}
