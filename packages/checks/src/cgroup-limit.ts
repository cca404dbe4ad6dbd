import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'

export interface CgroupLimit {
  /** Bytes; undefined when nothing below the machine's own memory limits the process. */
  read(): number | undefined
}

const FILES = { cgroup: 'memory.limit_in_bytes', cgroup2: 'memory.max' } as const

interface Mount {
  readonly type: keyof typeof FILES
  /** Which cgroup is seen at the mount point; not `/` in a container that has no cgroup namespace of its own. */
  readonly root: string
  readonly point: string
  readonly options: readonly string[]
}

/**
 * The memory limit of the process's cgroup or the nearest above it, of v1 or v2. Where the files are is looked up once;
 * a limit may change while the process runs. Everything is read at once: `/proc` and cgroups are memory, and a hung
 * thread pool must not hide them.
 */
export function createCgroupLimit(root: string): CgroupLimit {
  let files: readonly string[] | undefined

  return {
    read() {
      files ??= locate(root)
      const limits = (files ?? []).map(readLimit).filter((limit) => limit !== undefined)
      const lowest = Math.min(...limits)
      return lowest < totalmem() ? lowest : undefined
    },
  }
}

function locate(root: string): readonly string[] | undefined {
  const groups = readText(join(root, 'proc/self/cgroup'))
  const mounts = readText(join(root, 'proc/self/mountinfo'))
  // Nothing is known while no descriptor is left; elsewhere than on Linux nothing ever is.
  if (groups === undefined || mounts === undefined) return undefined
  const all = mounts.split('\n').flatMap(parseMount)
  for (const type of ['cgroup', 'cgroup2'] as const) {
    const group = groupOf(groups, type)
    const mount = all.find((one) => one.type === type && (type === 'cgroup2' || one.options.includes('memory')))
    if (group !== undefined && mount !== undefined) return filesFor(root, mount, group)
  }
  return []
}

/** The path of the process in the hierarchy that has the memory controller. */
function groupOf(groups: string, type: Mount['type']): string | undefined {
  for (const line of groups.split('\n')) {
    const [, id, controllers = '', path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? []
    if (type === 'cgroup' ? controllers.split(',').includes('memory') : id === '0') return path
  }
  return undefined
}

/** `35 31 0:32 /root /mount/point rw - cgroup2 source options`, with optional fields before the dash. */
function parseMount(line: string): Mount[] {
  const [before = '', after = ''] = line.split(' - ')
  const [, , , root, point] = before.split(' ')
  const [type, , options = ''] = after.split(' ')
  if (root === undefined || point === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return []
  return [{ type, root: unescapeOctal(root), point: unescapeOctal(point), options: options.split(',') }]
}

function filesFor(root: string, { type, root: seen, point }: Mount, group: string): readonly string[] {
  const below = seen !== '/' && (group === seen || group.startsWith(`${seen}/`)) ? group.slice(seen.length) : group
  const parts = below.split('/').filter((part) => part !== '' && part !== '..')
  return [parts.length, ...parts.keys()].map((depth) => join(root, point, ...parts.slice(0, depth), FILES[type]))
}

/** Undefined where there is no limit or no such file, as at the root of a hierarchy. */
function readLimit(file: string): number | undefined {
  const text = readText(file)?.trim()
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text)
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function unescapeOctal(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 8)))
}
