import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { createCgroupLimit } from '../src/cgroup-limit.ts'
import { memoryUnder } from '../src/memory.ts'
import { check } from './support/check.ts'

const MiB = 2 ** 20

/** A folder with these files, as a root to look under. */
async function rootWith(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-root-'))
  onTestFinished(() => rm(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) await write(join(root, path), text)
  return root
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

const V2_MOUNT = '30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - cgroup2 cgroup2 rw,nsdelegate\n'
const V1_MOUNTS = [
  '31 24 0:27 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755',
  '34 31 0:30 /docker/4f /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:12 - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 /docker/4f /sys/fs/cgroup/memory ro,nosuid master:13 - cgroup cgroup rw,memory',
].join('\n')

it('reads v2 in a container, whose own cgroup is the root it sees', async () => {
  const root = await rootWith({
    'proc/self/cgroup': '0::/\n',
    'proc/self/mountinfo': V2_MOUNT,
    'sys/fs/cgroup/memory.max': `${256 * MiB}\n`,
  })

  expect(createCgroupLimit(root).read()).toBe(256 * MiB)
})

it('reads v2 on a host, where the lowest of all limits above is the one that counts', async () => {
  const root = await rootWith({
    'proc/self/cgroup': '0::/system.slice/shop.service\n',
    'proc/self/mountinfo': V2_MOUNT,
    'sys/fs/cgroup/system.slice/memory.max': `${128 * MiB}\n`,
    'sys/fs/cgroup/system.slice/shop.service/memory.max': `${256 * MiB}\n`,
    'sys/fs/cgroup/user.slice/memory.max': `${64 * MiB}\n`,
  })

  expect(createCgroupLimit(root).read()).toBe(128 * MiB)
})

it('reads v1, in a container that sees only its part of the hierarchy', async () => {
  const root = await rootWith({
    'proc/self/cgroup': '12:cpu,cpuacct:/docker/4f\n5:memory:/docker/4f/worker\n0::/docker/4f\n',
    'proc/self/mountinfo': V1_MOUNTS,
    'sys/fs/cgroup/memory/memory.limit_in_bytes': `${128 * MiB}\n`,
    'sys/fs/cgroup/memory/worker/memory.limit_in_bytes': `${64 * MiB}\n`,
  })

  expect(createCgroupLimit(root).read()).toBe(64 * MiB)
})

it.each([
  ['v2', { 'proc/self/cgroup': '0::/\n', 'proc/self/mountinfo': V2_MOUNT, 'sys/fs/cgroup/memory.max': 'max\n' }],
  [
    'v1',
    {
      'proc/self/cgroup': '5:memory:/docker/4f\n',
      'proc/self/mountinfo': V1_MOUNTS,
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    },
  ],
  ['no cgroups', {}],
])('knows no limit where there is none (%s)', async (_, files) => {
  expect(createCgroupLimit(await rootWith(files)).read()).toBeUndefined()
})

it("warns when the process's memory is near the limit, and passes when the limit is raised", async () => {
  const limit = 'sys/fs/cgroup/memory.max'
  const root = await rootWith({
    'proc/self/cgroup': '0::/\n',
    'proc/self/mountinfo': V2_MOUNT,
    [limit]: `${Math.round(process.memoryUsage.rss() / 0.95)}\n`,
  })
  const dependency = memoryUnder(root, { warnAt: { rss: 0.9, heap: false } })

  const near = await check(dependency)
  await write(join(root, limit), `${4 * process.memoryUsage.rss()}\n`)
  const far = await check(dependency)

  expect(near.message).toMatch(/^resident memory is at [\d.]+ % of the cgroup's limit \(warns at 90 %\)$/)
  expect([near.status, far.status]).toEqual(['warn', 'pass'])
})
