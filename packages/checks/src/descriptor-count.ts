import { readdirSync, readFileSync, statSync } from 'node:fs'

export interface DescriptorCount {
  /** Undefined where the system does not tell. */
  read(): { readonly open: number; readonly limit: number } | undefined
}

/**
 * How many descriptors the process has, and how many it may have. `/proc` is memory: it is read at once, so that a hung
 * thread pool hides nothing.
 */
export function createDescriptorCount(): DescriptorCount {
  // With no descriptor left the limit cannot be read any more, and what was read before stands.
  let limit: number | undefined

  return {
    read() {
      limit = readSoftLimit() ?? limit
      if (limit === undefined) return undefined
      return { open: countOpen() ?? limit, limit }
    },
  }
}

function readSoftLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined || soft === 'unlimited' ? undefined : Number(soft)
  } catch {
    return undefined
  }
}

/** Undefined when there is none left to look with. */
function countOpen(): number | undefined {
  try {
    // From Linux 6.2 on the directory's size is the number, and asking for it opens nothing.
    const { size } = statSync('/proc/self/fd')
    // One of those listed is the list's own.
    return size > 0 ? size : readdirSync('/proc/self/fd').length - 1
  } catch {
    return undefined
  }
}
