import { startPostgres } from '@tidegate/services'
import pg from 'pg'
import { expect, vi } from 'vitest'

import { AMPLE } from './limits.ts'
import { LOG_SETTINGS, readLog } from './postgres-log.ts'
import type { ServerRecord } from './postgres-log.ts'

type Service = Awaited<ReturnType<typeof startPostgres>>

/** A PostgreSQL of the test file's own, and what it tells by itself of those who talk to it. */
export interface PostgresServer extends Omit<Service, 'url' | 'external'> {
  /** What it was asked since the log was forgotten, by its own account and complete up to now. */
  record(): Promise<ServerRecord>
  /** From now on only what comes is recorded. */
  forget(): Promise<void>
  /** The `application_name`s of its connections now. */
  connections(): Promise<string[]>
  /** Waits until it has these connections and no other. */
  untilConnections(names: readonly string[]): Promise<void>
}

/** The name of the test's own connections, which are left out everywhere. */
const OBSERVER = 'observer'

export async function startPostgresServer(): Promise<PostgresServer> {
  let lines: string[] = []
  let unfinished = ''
  let marks = 0
  const service = await startPostgres({
    settings: LOG_SETTINGS,
    onLog(text) {
      const parts = (unfinished + text).split('\n')
      unfinished = parts.pop() ?? ''
      lines.push(...parts)
    },
  })

  async function run(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ ...service.connection, application_name: OBSERVER, connectionTimeoutMillis: AMPLE })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  /** The log comes through a pipe, behind what it tells of: a statement of ours is the last of what was before it. */
  async function logIsComplete(): Promise<void> {
    marks += 1
    const mark = `SELECT 'mark ${marks}'`
    await run(mark)
    await vi.waitFor(() => expect(lines.some((line) => line.endsWith(mark))).toBe(true), { timeout: AMPLE })
  }

  async function connections(): Promise<string[]> {
    const rows = await run(
      `SELECT application_name FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
    return rows
      .map((row) => String(row['application_name']))
      .filter((name) => name !== OBSERVER)
      .toSorted()
  }

  return {
    ...service,
    connections,
    async record() {
      await logIsComplete()
      return readLog(lines, OBSERVER)
    },
    async forget() {
      await logIsComplete()
      lines = []
    },
    async untilConnections(names) {
      const expected = names.toSorted()
      await vi.waitFor(async () => expect(await connections()).toEqual(expected), { timeout: AMPLE, interval: 20 })
    },
  }
}
