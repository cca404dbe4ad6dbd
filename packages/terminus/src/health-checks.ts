import type { IncomingMessage, ServerResponse } from 'node:http'

import type { RequestHandler } from '@tidegate/core'

import { writeHealthAnswer } from './health-answer.ts'
import type { HealthAnswer } from './health-answer.ts'
import { errorBody, okBody } from './health-body.ts'
import type { HealthCheck, HealthCheckMap, TerminusState } from './options.ts'
import type { Settings } from './settings.ts'
import { withinLimit } from './within-limit.ts'

const LAST_RESORT: HealthAnswer = { status: 503, headers: {}, body: '{"status":"error"}' }

/** Runs the user's checks, one run for each request, and answers whatever they do. */
export class HealthChecks {
  readonly #settings: Settings
  readonly #state: TerminusState
  readonly #checks: HealthCheckMap
  readonly #okBody: string
  readonly #errorBody: string

  constructor(settings: Settings, state: TerminusState) {
    const { healthChecks, caseInsensitive, statusOkResponse, statusErrorResponse } = settings
    this.#settings = settings
    this.#state = state
    this.#checks = caseInsensitive ? toLowerCase(healthChecks) : healthChecks
    this.#okBody = JSON.stringify(statusOkResponse)
    this.#errorBody = JSON.stringify(statusErrorResponse)
  }

  /** What answers requests for this target. */
  find(url: string): RequestHandler | undefined {
    const check = this.#checks[this.#settings.caseInsensitive ? url.toLowerCase() : url]
    return check ? (request, response) => this.#answer(url, check as HealthCheck, request, response) : undefined
  }

  async #answer(url: string, check: HealthCheck, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answers = [() => this.#judge(url, check), () => this.#fail(), () => LAST_RESORT]
    for (const answer of answers) {
      try {
        writeHealthAnswer(request, response, await answer())
        return
      } catch (error) {
        this.#settings.tell('healthcheck failed', error)
      }
    }
  }

  async #judge(url: string, check: HealthCheck): Promise<HealthAnswer> {
    const { sendFailuresDuringShutdown, onSendFailureDuringShutdown, checkTimeout, tell } = this.#settings
    if (this.#state.isShuttingDown && sendFailuresDuringShutdown) {
      await onSendFailureDuringShutdown?.()
      return this.#fail()
    }
    let info: unknown
    try {
      info = await withinLimit(`the health check of ${url}`, checkTimeout, () => check({ state: this.#state }))
    } catch (error) {
      tell('healthcheck failed', error)
      return this.#fail(error)
    }
    return this.#pass(info)
  }

  #pass(info: unknown): HealthAnswer {
    const { statusOk, statusOkResponse, headers, healthChecks } = this.#settings
    const body = info ? okBody(statusOkResponse, info, Boolean(healthChecks.verbatim)) : this.#okBody
    return { status: statusOk, headers, body }
  }

  #fail(error?: unknown): HealthAnswer {
    const { statusError, statusErrorResponse, headers, healthChecks } = this.#settings
    const { causes, statusCode, statusResponse } = (error ?? {}) as {
      readonly causes?: unknown
      readonly statusCode?: number
      readonly statusResponse?: unknown
    }
    const base = statusResponse || statusErrorResponse
    const plain = statusResponse ? JSON.stringify(statusResponse) : this.#errorBody
    const body = causes ? errorBody(base, causes, healthChecks['__unsafeExposeStackTraces'] === true) : plain
    return { status: statusCode || statusError, headers, body }
  }
}

function toLowerCase(checks: HealthCheckMap): HealthCheckMap {
  const lowered: HealthCheckMap = {}
  for (const url in checks) lowered[url.toLowerCase()] = checks[url]
  return lowered
}
