import type { HealthReport } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { ResolvedProbes } from '../options/resolved-options.ts'
import { isProbeMethod, methodAnswer, statusAnswer, unknownAnswer } from './probe-answer.ts'
import { dependencyBody, serviceBody, unknownBody } from './probe-body.ts'
import { ProbeRoutes } from './probe-routes.ts'
import type { ProbeTarget } from './probe-routes.ts'
import { probeVerdict } from './probe-verdict.ts'

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
  readonly #source: ProbeSource
  readonly #options: ResolvedProbes
  readonly #routes: ProbeRoutes
  readonly #wrongMethod = methodAnswer()
  readonly #answers = new Map<string, HttpAnswer>()
  #answersVersion = -1
  #lastAskedAt: number | undefined

  constructor(source: ProbeSource, options: ResolvedProbes) {
    this.#source = source
    this.#options = options
    this.#routes = new ProbeRoutes(options.paths)
  }

  /** When somebody who routes by it last asked for readiness or health, by `performance.now()`. */
  get lastAskedAt(): number | undefined {
    return this.#lastAskedAt
  }

  /** The answer to a probe; `undefined` for every other request. `url` is the request line's target, as it came. */
  answer(method: string, url: string): HttpAnswer | undefined {
    const target = this.#routes.match(url)
    if (target === undefined) return undefined
    if (!isProbeMethod(method)) return this.#wrongMethod
    if (target.dependency !== undefined) return this.#dependencyAnswer(target.dependency)
    if (isForRouting(target)) this.#lastAskedAt = performance.now()
    return this.#remembered(target.kind, () => this.#serviceAnswer(target))
  }

  /** Whether the answer to this decides where requests go. */
  isForRouting(url: string): boolean {
    const target = this.#routes.match(url)
    return target !== undefined && isForRouting(target)
  }

  #serviceAnswer({ kind }: ProbeTarget): HttpAnswer {
    const report = this.#source.report()
    const verdict = probeVerdict(kind, report, this.#source.alive)
    return statusAnswer(verdict, serviceBody(kind, verdict, report, this.#options.details))
  }

  #dependencyAnswer(name: string): HttpAnswer {
    const report = this.#source.report()
    const { details } = this.#options
    // Names such as `constructor` are allowed, and every object has one.
    const found = Object.hasOwn(report.dependencies, name) ? report.dependencies[name] : undefined
    // One answer for every unknown name: what anybody may ask for must not fill the memory.
    if (found === undefined) return this.#remembered('/', () => unknownAnswer(unknownBody(report, details)))
    return this.#remembered(`/${name}`, () => statusAnswer(found.status, dependencyBody(found, details)))
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

function isForRouting({ kind, dependency }: ProbeTarget): boolean {
  return dependency === undefined && (kind === 'ready' || kind === 'health')
}
