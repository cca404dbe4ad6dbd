import { expect, it } from 'vitest'

import { startSubject } from '../harness/subject.ts'

it("warns when the heap is near V8's limit, and passes when it has been collected", async () => {
  const subject = await startSubject('memory', { flags: ['--max-old-space-size=128', '--expose-gc'] })
  const first = await subject.check()
  await subject.tell('fill')
  const full = await subject.check()
  await subject.tell('release')
  const collected = await subject.check()

  expect(first.status).toBe('pass')
  expect(full).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^the heap is at [\d.]+ % of V8's limit \(warns at 60 %\)$/),
  })
  expect(collected.status).toBe('pass')
})
