import type { DependencyReport, PendingWarmUp } from '../../health/health-report.ts'
import { withRemaining } from '../../warm-up/progress.ts'
import type { ProbeFindings } from '../probe-findings.ts'
import type { ProbeKind } from '../probe-routes.ts'
import { LONGEST_BODY, tellsWarmUp } from './probe-body.ts'
import type { ProbeDetails } from './probe-details.ts'
import { withoutText } from './shown-report.ts'

/** `-` fails this probe, `!` is worth a look, `+` is well. */
type Mark = '-' | '!' | '+'

interface Line {
  readonly mark: Mark
  readonly text: string
}

/** What the Kubernetes API server calls them, whatever their path is here. */
const NAMES: Readonly<Record<ProbeKind, string>> = {
  live: 'livez',
  ready: 'readyz',
  startup: 'startupz',
  health: 'healthz',
}

const MARKS: readonly Mark[] = ['-', '!', '+']
const WITHHELD = 'reason withheld'
/** Bytes kept for what stands around the lines. */
const RESERVE = 64
const MOST_UNMATCHED = 8
const LONGEST_UNMATCHED = 80

/** The text of the Kubernetes API server: `ok`, or with `?verbose`, and whenever it fails, a line for everything. */
export function textBody(findings: ProbeFindings, details: ProbeDetails): string {
  const { kind, dependency, verdict, verbose } = findings
  if (verdict !== 'fail' && !verbose) return 'ok'
  const end = `${dependency ?? NAMES[kind]} check ${verdict === 'fail' ? 'failed' : 'passed'}\n`
  if (details === 'none') return end
  const warning = dependency === undefined ? warnOf(findings.unmatched) : ''
  const room = LONGEST_BODY - RESERVE - Buffer.byteLength(end + warning)
  return fitLines(linesOf(findings, details === 'full'), room) + warning + end
}

export function unknownText(): string {
  return 'no such dependency\n'
}

function linesOf(findings: ProbeFindings, full: boolean): readonly Line[] {
  const { kind, dependency, verdict, report } = findings
  const { dependencies } = report
  if (dependency !== undefined) {
    const one = dependencies[dependency]
    return one === undefined ? [] : [stateLine(dependency, one, () => true, full)]
  }
  const named = kind === 'live' ? findings.livenessChecks : Object.keys(dependencies)
  const lines = named.map((name) => dependencyLine(name, findings, full))
  const cause = ownReason(findings)
  const isExplained = lines.some(({ mark }) => mark === '-')
  if (cause !== undefined) return [line('-', 'lifecycle', `failed: ${full ? cause : withoutText(cause)}`), ...lines]
  if (verdict === 'fail' && !isExplained) return [line('-', 'lifecycle', `failed: ${report.phase}`), ...lines]
  return [line('+', 'lifecycle', 'ok'), ...lines]
}

/** Why it is not ready that is no dependency: its phase, or a hold. */
function ownReason({ kind, report: { reasons, dependencies } }: ProbeFindings): string | undefined {
  if (kind !== 'ready' && kind !== 'health') return undefined
  return reasons.find((reason) => !Object.hasOwn(dependencies, reason))
}

function dependencyLine(name: string, findings: ProbeFindings, full: boolean): Line {
  const { kind, report, excluded } = findings
  const { warmUp, reasons, dependencies } = report
  if (excluded.includes(name)) return line('+', name, 'excluded: ok')
  const pending = warmUp.pending[name]
  if (kind === 'startup' && pending === undefined) return line('+', name, 'ok')
  if (pending !== undefined && tellsWarmUp(kind, report)) {
    return line(
      warmUp.completed ? '!' : '-',
      name,
      `failed: ${(full ? pending.error : undefined) ?? shownProgress(pending)}`,
    )
  }
  const one = dependencies[name] as DependencyReport
  const decides = (): boolean => kind === 'live' || (kind === 'health' && one.critical) || reasons.includes(name)
  return stateLine(name, one, decides, full)
}

function shownProgress({ progress, remainingMs }: PendingWarmUp): string {
  return progress === undefined ? 'not warm yet' : withRemaining(progress, remainingMs)
}

function stateLine(name: string, report: DependencyReport, decides: () => boolean, full: boolean): Line {
  const { status, message } = report
  if (status === 'pass') return line('+', name, 'ok')
  const why = full && message !== undefined ? message : WITHHELD
  if (status === 'warn') return line('!', name, `warned: ${why}`)
  return line(decides() ? '-' : '!', name, `failed: ${why}`)
}

function line(mark: Mark, name: string, text: string): Line {
  return { mark, text: `[${mark}]${name} ${text}\n` }
}

function warnOf(unmatched: readonly string[]): string {
  if (unmatched.length === 0) return ''
  const shown = unmatched.slice(0, MOST_UNMATCHED).map((name) => JSON.stringify(name.slice(0, LONGEST_UNMATCHED)))
  return `warn: some health checks cannot be excluded: no matches for ${shown.join(',')}\n`
}

/** In the order of the dependencies while all fit, else those that need attention first. */
function fitLines(lines: readonly Line[], room: number): string {
  const whole = lines.map(({ text }) => text).join('')
  if (Buffer.byteLength(whole) <= room) return whole
  let shown = ''
  let count = 0
  for (const { text } of lines.toSorted((a, b) => MARKS.indexOf(a.mark) - MARKS.indexOf(b.mark))) {
    if (Buffer.byteLength(shown + text) > room) continue
    shown += text
    count += 1
  }
  return `${shown}and ${lines.length - count} more\n`
}
