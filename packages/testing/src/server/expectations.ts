import assert from 'node:assert/strict'

import type { DrainRecord } from '@tidegate/core'

import type { Answer } from '../answer.ts'

/** Everything, to the last byte, and 200. */
export function assertServed(answer: Answer, body: string): void {
  assert.deepEqual({ status: answer.status, body: answer.body }, { status: 200, body })
}

/** Whether the answer tells its client that the connection ends. */
export function assertConnection(answer: Answer, expected: 'close' | 'keep-alive'): void {
  assert.equal(answer.headers.get('connection')?.toLowerCase(), expected)
}

/** A refusal that a client may retry. */
export function assertRefused(answer: Answer): void {
  assert.equal(answer.status, 503)
  assert.equal(answer.headers.get('retry-after'), '1')
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal((JSON.parse(answer.body) as { status: string }).status, 'fail')
}

/** What became of the requests; what is not named is not judged. Where none was cut, no connection was. */
export function assertRequests(record: DrainRecord, expected: Partial<DrainRecord['requests']>): void {
  assert.deepEqual(record.requests, { ...record.requests, ...expected })
  if (expected.cut === 0) assert.equal(record.connections.cut, 0, 'connections were left until the deadline')
}
