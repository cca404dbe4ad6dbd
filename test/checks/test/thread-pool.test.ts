import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import { expect, it } from 'vitest'

import { startSubject } from '../harness/subject.ts'
import type { Subject } from '../harness/subject.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

async function startWithFifo(...args: readonly string[]): Promise<{ subject: Subject; fifo: string }> {
  const fifo = join(await temporaryFolder(), 'fifo')
  await promisify(execFile)('mkfifo', [fifo])
  const subject = await startSubject('thread-pool', { args: [fifo, ...args], env: { UV_THREADPOOL_SIZE: '4' } })
  return { subject, fifo }
}

it('warns while all four threads wait for something that never comes, and passes when it has come', async () => {
  const { subject, fifo } = await startWithFifo()
  const idle = await subject.check()
  await subject.tell('occupy')
  const busy = await subject.check()
  await writeFile(fifo, 'at last')
  const free = await subject.check()

  expect(idle).toMatchObject({ status: 'pass', data: { threads: 4 } })
  expect(busy).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^no thread of the pool has taken a job for \d+ ms \(4 threads\)$/),
  })
  expect(free.status).toBe('pass')
})

it('gives a hung pool one job, however often it is asked', async () => {
  const { subject } = await startWithFifo()
  await subject.tell('occupy')
  for (let run = 1; run <= 5; run++) expect((await subject.check()).status).toBe('warn')

  expect(await subject.tell('jobs')).toBe(1)
})

it('fails once it has hung for as long as it was told', async () => {
  const { subject, fifo } = await startWithFifo('1500')
  await subject.tell('occupy')
  const first = await subject.check()
  await pause(1_500)
  const later = await subject.check()
  await writeFile(fifo, 'at last')

  expect([first.status, later.status, (await subject.check()).status]).toEqual(['warn', 'fail', 'pass'])
})
