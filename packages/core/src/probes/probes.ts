import { failureMessage } from '../health/failure-message.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedProbes } from '../options/resolved-options.ts'
import { AnswerMemory } from './answer-memory.ts'
import { JSON_FORM, TEXT_FORM } from './built-in-forms.ts'
import type { BuiltInForm } from './built-in-forms.ts'
import { DetailsPolicy } from './details-policy.ts'
import { answerWith, isProbeMethod, methodAnswer, statusCode, unknownAnswer } from './probe-answer.ts'
import { unknownBody } from './probe-body.ts'
import type { ProbeDetails } from './probe-details.ts'
import { findOut } from './probe-findings.ts'
import type { ProbeSource } from './probe-findings.ts'
import type { ProbeFormat } from './probe-format.ts'
import { ProbeFormats } from './probe-formats.ts'
import { NO_QUERY, readProbeQuery } from './probe-query.ts'
import type { ProbeQuery } from './probe-query.ts'
import { isForRouting, ProbeRoutes } from './probe-routes.ts'
import type { ProbeTarget } from './probe-routes.ts'
import type { RequestProber } from './prober.ts'
import { renderAnswer } from './render-answer.ts'
import { shownReport } from './shown-report.ts'
import { unknownText } from './text-body.ts'

/** Answers probes from memory: each answer is made once per version of its source, however many ask. */
export class Probes {
  readonly formats: ProbeFormats = new ProbeFormats()
  readonly #source: ProbeSource
  readonly #details: DetailsPolicy
  readonly #logger: Logger
  readonly #routes: ProbeRoutes
  readonly #wrongMethod = methodAnswer()
  readonly #memory = new AnswerMemory()
  readonly #complainedOf = new WeakSet<ProbeFormat>()
  #lastAskedAt: number | undefined

  constructor(source: ProbeSource, options: ResolvedProbes, logger: Logger) {
    this.#source = source
    this.#details = new DetailsPolicy(options.details, logger)
    this.#logger = logger
    this.#routes = new ProbeRoutes(options.paths)
  }

  /** When somebody who routes by it last asked for readiness or health, by `performance.now()`. */
  get lastAskedAt(): number | undefined {
    return this.#lastAskedAt
  }

  /** What a request asks for; `undefined` when it is no probe. `url` is the request line's target, as it came. */
  match(url: string): ProbeTarget | undefined {
    return this.#routes.match(url)
  }

  answer(prober: RequestProber): HttpAnswer {
    const { target, method, url } = prober
    if (!isProbeMethod(method)) return this.#wrongMethod
    if (isForRouting(target)) this.#lastAskedAt = performance.now()
    const details = this.#details.for(prober)
    const query = readProbeQuery(url)
    const form = query.verbose ? TEXT_FORM : this.formats.wanted(prober.header('accept'))
    if ('write' in form) return this.#remembered(form, details, target, query)
    return this.#rendered(form, details, prober, query) ?? this.#remembered(JSON_FORM, details, target, query)
  }

  #remembered(form: BuiltInForm, details: ProbeDetails, target: ProbeTarget, query: ProbeQuery): HttpAnswer {
    const { version } = this.#source
    const make = (): HttpAnswer => this.#make(form, details, target, query)
    const key = this.#keyOf(target)
    if (query === NO_QUERY) return this.#memory.remember(version, form, details, key, false, make)
    return this.#memory.remember(
      version,
      form,
      details,
      `${key}?${query.verbose} ${query.exclude.join(' ')}`,
      true,
      make,
    )
  }

  /** One for every unknown name: what anybody may ask for must not fill the memory. */
  #keyOf({ kind, dependency }: ProbeTarget): string {
    if (dependency === undefined) return kind
    return Object.hasOwn(this.#source.report().dependencies, dependency) ? `${kind}/${dependency}` : '/'
  }

  #make(form: BuiltInForm, details: ProbeDetails, target: ProbeTarget, query: ProbeQuery): HttpAnswer {
    const findings = findOut(this.#source, target, query)
    if (findings !== undefined) {
      return answerWith(statusCode(findings.verdict), form.mediaType, form.write(findings, details))
    }
    if (form === TEXT_FORM) return answerWith(404, form.mediaType, unknownText())
    return unknownAnswer(unknownBody(this.#source.report(), details))
  }

  #rendered(
    format: ProbeFormat,
    details: ProbeDetails,
    prober: RequestProber,
    query: ProbeQuery,
  ): HttpAnswer | undefined {
    const findings = findOut(this.#source, prober.target, query)
    if (findings === undefined) return undefined
    const { kind, dependency, verdict, excluded } = findings
    const report = shownReport(findings.report, details)
    const status = statusCode(verdict)
    try {
      return renderAnswer(format, { kind, dependency, verdict, status, details, excluded, report, prober })
    } catch (error) {
      this.#complain(format, error)
      return undefined
    }
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
