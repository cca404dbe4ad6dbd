import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it } from 'vitest'

import { MOUNT_NAMESPACES } from '../harness/mount-namespace.ts'
import { startSubject } from '../harness/subject.ts'
import type { Subject } from '../harness/subject.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

const run = promisify(execFile)

async function startOnTmpfs(under: readonly string[]): Promise<Subject> {
  return startSubject('disk', { under, args: [await temporaryFolder(), 'tmpfs'] })
}

const MOUNTABLE = MOUNT_NAMESPACES.length > 0

it(`is judged ${MOUNTABLE ? 'on a tmpfs that is full' : 'WITHOUT A FULL TMPFS, because mounting is not permitted here'}`, () => {
  expect(MOUNT_NAMESPACES.length).toBe(MOUNTABLE ? 1 : 0)
})

for (const namespace of MOUNT_NAMESPACES) {
  describe(`on a tmpfs of 1 MiB under ${namespace.join(' ')}`, () => {
    it('fails when it is full, and passes when there is space again', async () => {
      const subject = await startOnTmpfs(namespace)
      const empty = await subject.check()
      await subject.tell('fill')
      const full = await subject.check()
      await subject.tell('clear')
      const cleared = await subject.check()

      expect(empty).toEqual({ status: 'pass', data: { freeBytes: 2 ** 20, freeInodes: 63 } })
      expect(full).toMatchObject({ status: 'fail', message: expect.stringMatching(/^cannot write: ENOSPC/) })
      expect(cleared.status).toBe('pass')
    })

    it('fails when no inode is left, and passes when there are some again', async () => {
      const subject = await startOnTmpfs(namespace)
      await subject.tell('useInodes')
      const full = await subject.check()
      await subject.tell('clear')

      expect(full).toMatchObject({ status: 'fail', message: expect.stringMatching(/^cannot write: ENOSPC/) })
      expect((await subject.check()).status).toBe('pass')
    })

    it('fails while it is read-only, and passes when it is writable again', async () => {
      const subject = await startOnTmpfs(namespace)
      await subject.tell('readOnly')
      const refused = await subject.check()
      await subject.tell('writable')

      expect(refused).toMatchObject({ status: 'fail', message: expect.stringMatching(/^cannot write: EROFS/) })
      expect((await subject.check()).status).toBe('pass')
    })

    it('leaves no file behind, whether the write went well or not', async () => {
      const subject = await startOnTmpfs(namespace)
      await subject.check()
      const afterPass = await subject.tell('list')
      await subject.tell('fill')
      await subject.check()

      expect([afterPass, await subject.tell('list')]).toEqual([[], ['big']])
    })
  })
}

it('fails when the kernel refuses the write, and passes when it takes it again', async () => {
  const subject = await startSubject('disk', { args: [await temporaryFolder()] })
  const allow = (bytes: string): Promise<unknown> =>
    run('prlimit', ['--pid', String(subject.pid), `--fsize=${bytes}:unlimited`])
  await allow('0')
  const refused = await subject.check()
  await allow('unlimited')

  expect(refused).toMatchObject({ status: 'fail', message: expect.stringMatching(/^cannot write: EFBIG/) })
  expect((await subject.check()).status).not.toBe('fail')
  expect(await subject.tell('list')).toEqual([])
})

it('fails while its directory is gone, and passes when it is back', async () => {
  const folder = join(await temporaryFolder(), 'uploads')
  const subject = await startSubject('disk', { args: [folder] })
  const gone = await subject.check()
  await mkdir(folder)
  const back = await subject.check()
  await rm(folder, { recursive: true })

  expect(gone).toMatchObject({ status: 'fail', message: expect.stringContaining('ENOENT') })
  expect(back.status).not.toBe('fail')
})
