import { expect, test } from 'vitest'

import { Rehearsal } from '../src/self-requests/rehearsal.ts'
import type { SelfAnswer, SelfClient } from '../src/self-requests/self-client.ts'
import { readSelfRequestsOptions } from '../src/self-requests/self-requests-options.ts'

const later = (): number => performance.now() + 30_000

function rehearse(ask: SelfClient['ask'], signal: AbortSignal): Promise<void> {
  const rehearsal = new Rehearsal({
    options: readSelfRequestsOptions({ requests: ['/a', '/b', '/c'], concurrency: 4 }),
    client: { ask, close() {} },
    signal,
    end: later(),
    deadline: later(),
    onProgress() {},
    onTrouble() {},
  })
  return rehearsal.run()
}

test('when it is aborted, everything under way is given up and has ended before it rejects', async () => {
  const controller = new AbortController()
  const reason = new Error('the service is shutting down')
  let asked = 0
  let underWay = 0
  const ask: SelfClient['ask'] = (_request, signal) =>
    new Promise<SelfAnswer>((resolve, reject) => {
      underWay++
      const end = (finish: () => void): void => {
        underWay--
        finish()
      }
      if (++asked <= 40) return setImmediate(() => end(() => resolve({ status: 200, hasRetryAfter: false })))
      signal.addEventListener('abort', () => end(() => reject(signal.reason)))
      if (underWay === 4) controller.abort(reason)
      return undefined
    })

  await expect(rehearse(ask, controller.signal)).rejects.toBe(reason)
  expect({ asked, underWay }).toEqual({ asked: 44, underWay: 0 })
})

test('it does not wait for one that is deaf to its signal', async () => {
  const controller = new AbortController()
  const reason = new Error('the service is shutting down')
  const ask: SelfClient['ask'] = () => new Promise(() => queueMicrotask(() => controller.abort(reason)))
  await expect(rehearse(ask, controller.signal)).rejects.toBe(reason)
})
