import { statfs } from 'node:fs/promises'

export interface DiskSpace {
  /** What whoever is not root may still write. */
  readonly freeBytes: number
  /** Undefined where inodes are not counted. */
  readonly freeInodes: number | undefined
  /** From 0 to 1; undefined where there is no limit. */
  readonly spaceUsed: number | undefined
  readonly inodesUsed: number | undefined
}

export async function readSpace(path: string): Promise<DiskSpace> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path)
  const used = blocks - bfree
  return {
    freeBytes: bavail * bsize,
    freeInodes: files > 0 ? ffree : undefined,
    // What is kept for root counts neither as used nor as free.
    spaceUsed: blocks > 0 ? used / (used + bavail) : undefined,
    inodesUsed: files > 0 ? (files - ffree) / files : undefined,
  }
}
