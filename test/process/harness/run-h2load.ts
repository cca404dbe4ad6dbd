import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { findNghttp2 } from '@tidegate/services'

const LIMIT_MS = 30_000
/** More than any server answers before it is told to leave. */
const REQUESTS = 1_000_000

/** What h2load has counted; all of it is streams. */
export interface Load {
  readonly started: number
  /** Closed by a frame of HTTP/2, and not by the end of the connection. */
  readonly done: number
  readonly succeeded: number
  readonly status2xx: number
  /** The status of each that was closed by a frame, in the order they closed; -1 of those that were not answered. */
  readonly statuses: readonly string[]
}

/** Asks as fast as it can until the server has ended all connections; it opens no other ones. */
export async function runH2load(url: string, clients: number, streams: number): Promise<Load> {
  const { h2load } = await findNghttp2()
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-h2load-'))
  try {
    const log = join(folder, 'log')
    const args = ['-n', REQUESTS, '-c', clients, '-m', streams, `--log-file=${log}`, url].map(String)
    const { stdout } = await promisify(execFile)(h2load, args, { timeout: LIMIT_MS })
    const count = (what: string): number => {
      const [, number] = new RegExp(`(\\d+) ${what}\\b`).exec(stdout) ?? []
      if (number === undefined) throw new Error(`h2load has not said how many were ${what}:\n${stdout}`)
      return Number(number)
    }
    return {
      started: count('started'),
      done: count('done'),
      succeeded: count('succeeded'),
      status2xx: count('2xx'),
      statuses: readStatuses(await readFile(log, 'utf8')),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param log a line for each: when it began, its status, and how long it took. */
function readStatuses(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[1] ?? '')
}
