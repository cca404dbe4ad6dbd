import type { HealthStatus } from '../health/health-report.ts'
import type { HttpAnswer } from '../http-answer.ts'

/** Methods that probes come with; OPTIONS is what HAProxy's `option httpchk` sends unless told otherwise. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

export function isProbeMethod(method: string): boolean {
  return METHODS.has(method)
}

/** 200 for `pass` and `warn`, which Envoy wants exactly; 503 for `fail`. */
export function statusAnswer(status: HealthStatus, body: object): HttpAnswer {
  return status === 'fail' ? jsonAnswer(503, body, { 'retry-after': '1' }) : jsonAnswer(200, body)
}

export function unknownAnswer(body: object): HttpAnswer {
  return jsonAnswer(404, body)
}

export function methodAnswer(): HttpAnswer {
  const allow = [...METHODS].join(', ')
  return jsonAnswer(405, { error: `a probe is asked with ${allow}` }, { allow })
}

function jsonAnswer(status: number, content: object, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const body = JSON.stringify(content)
  return Object.freeze({
    status,
    headers: Object.freeze({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    }),
    body,
  })
}
