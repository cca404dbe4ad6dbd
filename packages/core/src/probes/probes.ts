import { failureMessage } from '../health/failure-message.ts'
import type { HealthStatus } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedProbes } from '../options/resolved-options.ts'
import { AnswerMemory } from './answers/answer-memory.ts'
import { DRAIN_STATUS_RULE, isDrainStatus } from './answers/drain-status.ts'
import {
  answerWith,
  isProbeMethod,
  methodAnswer,
  statusCode,
  unknownAnswer,
  withStatus,
} from './answers/probe-answer.ts'
import { renderAnswer } from './answers/render-answer.ts'
import { DEGRADED, IMMEDIATE_FAIL } from './envoy.ts'
import { JSON_FORM, TEXT_FORM } from './forms/built-in-forms.ts'
import type { BuiltInForm } from './forms/built-in-forms.ts'
import { unknownBody } from './forms/probe-body.ts'
import { isProbeDetails } from './forms/probe-details.ts'
import type { ProbeDetails } from './forms/probe-details.ts'
import type { ProbeFormat } from './forms/probe-format.ts'
import { ProbeFormats } from './forms/probe-formats.ts'
import { shownReport } from './forms/shown-report.ts'
import { unknownText } from './forms/text-body.ts'
import { findOut } from './probe-findings.ts'
import type { ProbeSource } from './probe-findings.ts'
import { NO_QUERY, readProbeQuery } from './probe-query.ts'
import type { ProbeQuery } from './probe-query.ts'
import { isForRouting, ProbeRoutes } from './probe-routes.ts'
import type { ProbeTarget } from './probe-routes.ts'
import type { ProberLog } from './probers/prober-log.ts'
import { ProberOption } from './probers/prober-option.ts'
import type { RequestProber } from './probers/prober.ts'

/** What these mean for probes is the same: this instance is leaving. */
const LEAVING: ReadonlySet<Phase> = new Set(['draining', 'closing', 'stopped'])

/** Answers probes from memory: each answer is made once per version of its source, however many ask. */
export class Probes {
  readonly formats: ProbeFormats = new ProbeFormats()
  readonly #source: ProbeSource
  readonly #log: ProberLog
  readonly #details: ProberOption<ProbeDetails>
  readonly #drainStatus: ProberOption<number>
  readonly #tellsEnvoy: boolean
  readonly #logger: Logger
  readonly #routes: ProbeRoutes
  readonly #wrongMethod = methodAnswer()
  readonly #memory = { none: new AnswerMemory(), summary: new AnswerMemory(), full: new AnswerMemory() }
  readonly #complainedOf = new WeakSet<ProbeFormat>()

  constructor(source: ProbeSource, options: ResolvedProbes, log: ProberLog, logger: Logger) {
    this.#source = source
    this.#log = log
    this.#details = new ProberOption({
      name: 'probes.details',
      option: options.details,
      fallback: 'none',
      expected: "'none', 'summary' or 'full'",
      isValid: isProbeDetails,
      logger,
    })
    this.#drainStatus = new ProberOption({
      name: 'probes.drainStatus',
      option: options.drainStatus,
      fallback: 503,
      expected: DRAIN_STATUS_RULE,
      isValid: isDrainStatus,
      logger,
    })
    this.#tellsEnvoy = options.envoy
    this.#logger = logger
    this.#routes = new ProbeRoutes(options.paths)
  }

  /** What a request asks for; `undefined` when it is no probe. `url` is the request line's target, as it came. */
  match(url: string): ProbeTarget | undefined {
    return this.#routes.match(url)
  }

  answer(prober: RequestProber): HttpAnswer {
    if (!isProbeMethod(prober.method)) return this.#wrongMethod
    const answer = LEAVING.has(this.#source.phase) ? this.#answerLeaving(prober) : this.#answer(prober)
    this.#log.note(prober, answer.status)
    return answer
  }

  #answerLeaving(prober: RequestProber): HttpAnswer {
    const status = isForRouting(prober.target) ? this.#drainStatus.for(prober) : undefined
    const answer = this.#answer(prober, status)
    const fitting = status === undefined || answer.status === status ? answer : withStatus(answer, status)
    if (!this.#tellsEnvoy) return fitting
    return { ...fitting, headers: { ...fitting.headers, ...IMMEDIATE_FAIL } }
  }

  /** @param status instead of the one that follows from the verdict. */
  #answer(prober: RequestProber, status?: number): HttpAnswer {
    const { target, url } = prober
    const details = this.#details.for(prober)
    const query = readProbeQuery(url)
    const form = query.verbose ? TEXT_FORM : this.formats.wanted(prober.header('accept'))
    if ('write' in form) return this.#remembered(form, details, target, query)
    return this.#rendered(form, details, prober, query, status) ?? this.#remembered(JSON_FORM, details, target, query)
  }

  #remembered(form: BuiltInForm, details: ProbeDetails, target: ProbeTarget, query: ProbeQuery): HttpAnswer {
    // Who probes is shown in full alone.
    const version = this.#source.version + (details === 'full' ? this.#log.version : 0)
    const memory = this.#memory[details]
    const make = (): HttpAnswer => this.#make(form, details, target, query)
    const key = this.#keyOf(target)
    if (query === NO_QUERY) return memory.remember(version, form, key, false, make)
    return memory.remember(version, form, `${key}?${JSON.stringify(query)}`, true, make)
  }

  /** One for every unknown name: what anybody may ask for must not fill the memory. */
  #keyOf({ kind, dependency }: ProbeTarget): string {
    if (dependency === undefined) return kind
    return Object.hasOwn(this.#source.report().dependencies, dependency) ? `${kind}/${dependency}` : '/'
  }

  #make(form: BuiltInForm, details: ProbeDetails, target: ProbeTarget, query: ProbeQuery): HttpAnswer {
    const findings = findOut(this.#source, target, query)
    if (findings !== undefined) {
      const { verdict } = findings
      return answerWith(statusCode(verdict), form.mediaType, form.write(findings, details), this.#headersOf(verdict))
    }
    if (form === TEXT_FORM) return answerWith(404, form.mediaType, unknownText())
    return unknownAnswer(unknownBody(this.#source.report(), details))
  }

  #rendered(
    format: ProbeFormat,
    details: ProbeDetails,
    prober: RequestProber,
    query: ProbeQuery,
    drainStatus: number | undefined,
  ): HttpAnswer | undefined {
    const findings = findOut(this.#source, prober.target, query)
    if (findings === undefined) return undefined
    const { kind, dependency, verdict, excluded } = findings
    const report = shownReport(findings.report, details)
    const status = drainStatus ?? statusCode(verdict)
    try {
      const view = { kind, dependency, verdict, status, details, excluded, report, prober }
      return renderAnswer(format, view, this.#headersOf(verdict))
    } catch (error) {
      this.#complain(format, error)
      return undefined
    }
  }

  #headersOf(verdict: HealthStatus): Readonly<Record<string, string>> {
    return this.#tellsEnvoy && verdict === 'warn' ? DEGRADED : {}
  }

  #complain(format: ProbeFormat, error: unknown): void {
    if (this.#complainedOf.has(format)) return
    this.#complainedOf.add(format)
    const { mediaType } = format
    this.#logger.error(
      { mediaType, error: failureMessage(error) },
      `${mediaType} could not be made, JSON was answered instead; this is said once`,
    )
  }
}
