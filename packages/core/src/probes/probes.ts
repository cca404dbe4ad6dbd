import { failureMessage } from '../health/failure-message.ts'
import type { DependencyReport, HealthReport, HealthStatus } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedProbes } from '../options/resolved-options.ts'
import { isProbeMethod, methodAnswer, statusAnswer, statusCode, unknownAnswer } from './probe-answer.ts'
import { dependencyBody, serviceBody, unknownBody } from './probe-body.ts'
import type { ProbeFormat } from './probe-format.ts'
import { ProbeFormats } from './probe-formats.ts'
import { isForRouting, ProbeRoutes } from './probe-routes.ts'
import type { ProbeTarget } from './probe-routes.ts'
import { probeVerdict } from './probe-verdict.ts'
import type { RequestProber } from './prober.ts'
import { renderAnswer } from './render-answer.ts'
import { shownReport } from './shown-report.ts'

/** Where the answers come from. */
export interface ProbeSource {
  /** Changes whenever `report()` or `alive` may have changed. */
  readonly version: number
  report(): HealthReport
  /** Whether no local check that liveness hangs on fails. */
  readonly alive: boolean
}

/** Answers probes from memory: each answer is made once per version of its source, however many ask. */
export class Probes {
  readonly formats: ProbeFormats = new ProbeFormats()
  readonly #source: ProbeSource
  readonly #options: ResolvedProbes
  readonly #logger: Logger
  readonly #routes: ProbeRoutes
  readonly #wrongMethod = methodAnswer()
  readonly #answers = new Map<string, HttpAnswer>()
  readonly #complainedOf = new WeakSet<ProbeFormat>()
  #answersVersion = -1
  #lastAskedAt: number | undefined

  constructor(source: ProbeSource, options: ResolvedProbes, logger: Logger) {
    this.#source = source
    this.#options = options
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
    const { target, method } = prober
    if (!isProbeMethod(method)) return this.#wrongMethod
    if (isForRouting(target)) this.#lastAskedAt = performance.now()
    const format = this.formats.wanted(prober.header('accept'))
    return (format && this.#rendered(format, prober)) ?? this.#jsonAnswer(target)
  }

  #jsonAnswer({ kind, dependency: name }: ProbeTarget): HttpAnswer {
    const { details } = this.#options
    if (name === undefined) {
      return this.#remembered(kind, () => {
        const report = this.#source.report()
        const verdict = probeVerdict(kind, report, this.#source.alive)
        return statusAnswer(verdict, serviceBody(kind, verdict, report, details))
      })
    }
    const found = this.#dependency(name)
    if (found !== undefined) {
      return this.#remembered(`/${name}`, () => statusAnswer(found.status, dependencyBody(found, details)))
    }
    // One answer for every unknown name: what anybody may ask for must not fill the memory.
    return this.#remembered('/', () => unknownAnswer(unknownBody(this.#source.report(), details)))
  }

  #rendered(format: ProbeFormat, prober: RequestProber): HttpAnswer | undefined {
    const { kind, dependency } = prober.target
    const verdict = this.#verdict(prober.target)
    if (verdict === undefined) return undefined
    const { details } = this.#options
    const report = shownReport(this.#source.report(), details)
    const status = statusCode(verdict)
    try {
      return renderAnswer(format, { kind, dependency, verdict, status, details, excluded: [], report, prober })
    } catch (error) {
      this.#complain(format, error)
      return undefined
    }
  }

  #verdict({ kind, dependency }: ProbeTarget): HealthStatus | undefined {
    if (dependency !== undefined) return this.#dependency(dependency)?.status
    return probeVerdict(kind, this.#source.report(), this.#source.alive)
  }

  #dependency(name: string): DependencyReport | undefined {
    const { dependencies } = this.#source.report()
    // Names such as `constructor` are allowed, and every object has one.
    return Object.hasOwn(dependencies, name) ? dependencies[name] : undefined
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

  #remembered(key: string, make: () => HttpAnswer): HttpAnswer {
    const { version } = this.#source
    if (version !== this.#answersVersion) {
      this.#answers.clear()
      this.#answersVersion = version
    }
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = make()
    this.#answers.set(key, answer)
    return answer
  }
}
