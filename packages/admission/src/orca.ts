import { stampAnswer } from '@tidegate/core'
import type { GateRequest, Lifecycle } from '@tidegate/core'

import { createLoadMeter } from './load-meter.ts'
import type { LoadMeter } from './load-meter.ts'
import { createLoadReport, formatLoadReport } from './load-report.ts'
import { createNamedMetrics } from './named-metrics.ts'
import type { ReadMetrics } from './named-metrics.ts'
import { observeAnswer } from './observe-answer.ts'
import type { Answer } from './observe-answer.ts'
import { readOrcaOptions } from './orca-options.ts'
import type { OrcaFormat, OrcaOptions, ResolvedOrcaOptions } from './orca-options.ts'

const HEADER = 'endpoint-load-metrics'
const WISH = 'endpoint-load-metrics-format'
const READ_EVERY_MS = 1_000

/**
 * Tells balancers how busy this instance is, in the header `endpoint-load-metrics` of the application's answers: ORCA's load
 * report, measured once a second over the last five. Its utilization is divided by `lifecycle.weight`, so that client-side
 * weighted round robin sends a cold instance its share. From the lifecycle's start until it closes. Returns what takes it
 * back.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function orca(lifecycle: Lifecycle, options: OrcaOptions = {}): () => void {
  const reports = new OrcaReports(lifecycle, readOrcaOptions(lifecycle, options), createLoadMeter)
  return () => reports.stop()
}

export class OrcaReports {
  readonly #lifecycle: Lifecycle
  readonly #format: OrcaFormat | undefined
  readonly #metrics: ReadMetrics
  readonly #createMeter: () => LoadMeter
  readonly #release: (() => void)[]
  /** Absent before the first reading. */
  #report: Readonly<Record<OrcaFormat, string>> | undefined

  constructor(lifecycle: Lifecycle, { format, metrics }: ResolvedOrcaOptions, createMeter: () => LoadMeter) {
    this.#lifecycle = lifecycle
    this.#format = format
    this.#metrics = createNamedMetrics(metrics, lifecycle.logger)
    this.#createMeter = createMeter
    this.#release = [
      lifecycle.on('phase', ({ phase }) => {
        if (phase === 'warming') this.#begin()
        else if (phase === 'closing' || phase === 'stopped') this.stop()
      }),
    ]
    if (lifecycle.phase !== 'idle' && lifecycle.phase !== 'stopped') this.#begin()
  }

  stop(): void {
    for (const release of this.#release.splice(0)) release()
  }

  #begin(): void {
    const meter = this.#createMeter()
    const timer = setInterval(() => this.#read(meter), READ_EVERY_MS)
    timer.unref()
    const count = ({ status, hasRetryAfter }: Answer): void => {
      // What was refused has cost nothing, and would look like work that was done with ease.
      if (status !== 503 || !hasRetryAfter) meter.answered(status)
    }
    this.#release.push(
      () => clearInterval(timer),
      this.#lifecycle.addGate((request) => {
        this.#pass(request, count)
        return undefined
      }),
    )
  }

  #pass({ headers, response }: GateRequest, count: (answer: Answer) => void): void {
    if (response === undefined) return
    observeAnswer(response, count)
    const format = readWish(headers[WISH]) ?? this.#format
    const value = format && this.#report?.[format]
    if (value !== undefined) stampAnswer(response, HEADER, value)
  }

  #read(meter: LoadMeter): void {
    this.#report = formatLoadReport(createLoadReport(meter.read(), this.#lifecycle.weight, this.#metrics()))
  }
}

function readWish(wish: string | readonly string[] | undefined): OrcaFormat | undefined {
  const format = typeof wish === 'string' ? wish.trim().toUpperCase() : undefined
  return format === 'TEXT' || format === 'JSON' ? format : undefined
}
