import { expect, it } from 'vitest'

import { startSubject } from '../harness/subject.ts'

const WITH_128 = ['sh', '-c', 'ulimit -n 128; exec "$0" "$@"']

it('warns when the last descriptor is gone, and passes when they are closed', async () => {
  const subject = await startSubject('file-descriptors', { under: WITH_128 })
  const first = await subject.check()
  expect(await subject.tell('exhaust')).toBe('EMFILE')
  const exhausted = await subject.check()
  await subject.tell('release')
  const released = await subject.check()

  expect(first).toMatchObject({ status: 'pass', data: { limit: 128 } })
  // One that was inherited may be above the limit.
  expect(exhausted.data?.['open']).toBeGreaterThanOrEqual(128)
  expect(exhausted).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^\d+ of 128 descriptors are open$/),
  })
  expect(released).toEqual(first)
})
