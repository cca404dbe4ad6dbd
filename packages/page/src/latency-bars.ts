import type { HealthStatus } from '@tidegate/core'

import { count, formatLatency } from './format.ts'
import { MOST_SAMPLES } from './history.ts'
import type { Sample } from './history.ts'
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'

const STEP = 5
const HEIGHT = 32
const LOWEST = 3
const STATUSES: readonly HealthStatus[] = ['pass', 'warn', 'fail']

/**
 * A bar for each run of a check, the higher the longer it took (by the square root: one slow run must not flatten the rest); those that failed fill the height and are notched. Without
 * timings all are as high.
 */
export function latencyBars(name: string, samples: readonly Sample[], timings: boolean): Markup {
  const width = MOST_SAMPLES * STEP
  const first = MOST_SAMPLES - samples.length
  const slowest = Math.max(...samples.filter(({ status }) => status !== 'fail').map(({ latencyMs }) => latencyMs), 1)
  const bar = ({ status, latencyMs }: Sample, index: number): string => {
    const x = (first + index) * STEP + STEP / 2
    if (status === 'fail') return `M${x} ${HEIGHT}V${HEIGHT / 2 + 2}M${x} ${HEIGHT / 2 - 2}V0`
    const height = timings ? Math.max(LOWEST, Math.sqrt(latencyMs / slowest) * HEIGHT * 0.9) : HEIGHT / 2
    return `M${x} ${HEIGHT}V${Math.round((HEIGHT - height) * 10) / 10}`
  }
  const paths = STATUSES.map((wanted) => {
    const d = samples.map((sample, index) => (sample.status === wanted ? bar(sample, index) : '')).join('')
    return d !== '' && markup`<path class="bar is-${wanted}" d="${d}"/>`
  })
  return markup`<svg class="bars" role="img" aria-label="${describeBars(name, samples, timings)}" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none"><path class="floor" d="M0 ${HEIGHT - 0.5}H${width}"/>${paths}</svg>`
}

/** `0.4 to 12 ms · 2 of 60 failed`. */
export function summariseSamples(samples: readonly Sample[], timings: boolean): string {
  const answered = samples.filter(({ status }) => status !== 'fail').map(({ latencyMs }) => latencyMs)
  const failed = samples.length - answered.length
  const failures = failed === 0 ? count(samples.length, 'check') : `${failed} of ${samples.length} failed`
  return timings && answered.length > 0 ? `${range(answered)} · ${failures}` : failures
}

function range(values: readonly number[]): string {
  const [least, most] = [formatLatency(Math.min(...values)), formatLatency(Math.max(...values))]
  if (least === most) return least
  // `0.4 to 12 ms`: the unit once, when it is the same.
  const [number, unit] = least.split(' ')
  return `${most.endsWith(` ${unit}`) ? number : least} to ${most}`
}

function describeBars(name: string, samples: readonly Sample[], timings: boolean): string {
  return `${name}: ${summariseSamples(samples, timings)}`
}
