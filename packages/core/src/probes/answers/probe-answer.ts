import type { HealthStatus } from '../../health/health-report.ts'
import type { HttpAnswer } from '../../http-answer.ts'

/** Methods that probes come with; OPTIONS is what HAProxy's `option httpchk` sends unless told otherwise. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

export function isProbeMethod(method: string): boolean {
  return METHODS.has(method)
}

/** 200 for `pass` and `warn`, which Envoy wants exactly; 503 for `fail`. */
export function statusCode(status: HealthStatus): number {
  return status === 'fail' ? 503 : 200
}

export function statusAnswer(status: HealthStatus, body: object): HttpAnswer {
  return jsonAnswer(statusCode(status), body)
}

export function unknownAnswer(body: object): HttpAnswer {
  return jsonAnswer(404, body)
}

export function notAProbe(): HttpAnswer {
  return jsonAnswer(404, { error: 'this port answers probes, and this is none' })
}

export function methodAnswer(): HttpAnswer {
  const allow = [...METHODS].join(', ')
  return jsonAnswer(405, { error: `a probe is asked with ${allow}` }, { allow })
}

/** @param headers by lower-case name; those that every probe's answer has win over them. */
export function answerWith(
  status: number,
  mediaType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return Object.freeze({
    status,
    headers: Object.freeze({
      ...headers,
      'content-type': `${mediaType}; charset=utf-8`,
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(status === 503 && { 'retry-after': '1' }),
    }),
    body,
  })
}

/** The same with another status, which only a 503 follows with when to come back. */
export function withStatus(answer: HttpAnswer, status: number): HttpAnswer {
  const { 'retry-after': _, ...headers } = answer.headers
  return { ...answer, status, headers: status === 503 ? answer.headers : headers }
}

function jsonAnswer(status: number, content: object, headers?: Readonly<Record<string, string>>): HttpAnswer {
  return answerWith(status, 'application/json', JSON.stringify(content), headers)
}
