import type { HttpAnswer } from '@tidegate/core'

/** 503, and when to come again. */
export function createRefusal(reason: string, retryAfterSeconds: number): HttpAnswer {
  const body = JSON.stringify({ status: 'fail', reason })
  return Object.freeze({
    status: 503,
    headers: Object.freeze({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'retry-after': String(retryAfterSeconds),
    }),
    body,
  })
}
