import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import { resourceLimits } from 'node:worker_threads'

/** Bytes of the old generation, which is what a process runs out of. */
export interface HeapUse {
  readonly used: number
  readonly limit: number
}

const MiB = 2 ** 20

export function readHeap(): HeapUse {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('new_'))
  return {
    used: spaces.reduce((sum, { space_used_size: size }) => sum + size, 0),
    limit: givenLimit() ?? getHeapStatistics().heap_size_limit,
  }
}

/**
 * V8's own number has the young generation in it, up to 192 MiB that the old one never gets: with
 * `--max-old-space-size=256` the process has run out at 57 % of it.
 */
function givenLimit(): number | undefined {
  const ofWorker = resourceLimits.maxOldGenerationSizeMb
  if (ofWorker !== undefined && ofWorker > 0) return ofWorker * MiB
  const flags = [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv]
  const given = flags.map((flag) => /^--max[-_]old[-_]space[-_]size=(\d+)$/.exec(flag)?.[1])
  const last = Number(given.findLast((value) => value !== undefined) ?? 0)
  return last > 0 ? last * MiB : undefined
}
