import { startPostgres } from '@tidegate/services'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'

const AMPLE = 20_000

type Service = Awaited<ReturnType<typeof startPostgres>>

/** Resolves when the pool has closed that many connections from now on. */
export function removals(pool: pg.Pool, count: number): Promise<void> {
  return new Promise((resolve) => {
    let removed = 0
    pool.on('remove', () => {
      removed += 1
      if (removed === count) resolve()
    })
  })
}

/** A server of a test file's own, running before each of its tests, and what it tells of its connections. */
export interface TestServer {
  readonly service: Service
  /** A pool that calls itself `shop` and is ended after the test, whatever state it is left in. */
  pool(config?: pg.PoolConfig): pg.Pool
  /** Asks over the connection of the test's own questions. */
  ask(text: string): Promise<pg.QueryResult>
  /** The `application_name`s of the connections that the server has, apart from those of the test's own questions. */
  connections(): Promise<string[]>
  /** Waits until the server has these connections and no other. */
  untilConnections(names: readonly string[]): Promise<void>
}

const OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"

export function useServer(options: Parameters<typeof startPostgres>[0] = {}): TestServer {
  let service: Service | undefined
  let observer: pg.Client | undefined
  let pools: pg.Pool[] = []

  const running = (): Service => {
    if (service === undefined) throw new Error('the server is used before the test has begun')
    return service
  }

  beforeAll(async () => {
    service = await startPostgres(options)
  })
  // A server that the test has filled would refuse it.
  beforeEach(async () => {
    await observe()
  })
  afterEach(async () => {
    await running().start()
    await running().thaw()
    for (const pool of pools) {
      // It has ended before its sockets have, which may still be told that the server ends them.
      pool.on('error', () => {})
      if (!pool.ending) await pool.end()
    }
    pools = []
    await endOthers()
  })
  afterAll(async () => {
    await service?.close()
  })

  async function observe(): Promise<pg.Client> {
    if (observer !== undefined) return observer
    const client = new pg.Client({ ...running().connection, application_name: 'observer' })
    client.on('error', () => {
      observer = undefined
    })
    await client.connect()
    observer = client
    return client
  }

  /** A query whose client was cut off goes on, and would be seen by the next test. */
  async function endOthers(): Promise<void> {
    const client = await observe()
    await client.query(`SELECT pg_terminate_backend(pid, 10000) ${OTHERS}`)
    observer = undefined
    await client.end()
  }

  async function connections(): Promise<string[]> {
    const client = await observe()
    const { rows } = await client.query<{ application_name: string }>(`SELECT application_name ${OTHERS} ORDER BY 1`)
    return rows.map((row) => row.application_name)
  }

  return {
    get service() {
      return running()
    },
    pool(config = {}) {
      const pool = new pg.Pool({ ...running().connection, application_name: 'shop', ...config })
      pools.push(pool)
      return pool
    },
    ask: async (text) => (await observe()).query(text),
    connections,
    async untilConnections(names) {
      await vi.waitFor(
        async () => {
          const seen = await connections()
          if (seen.join() !== names.join()) throw new Error(`the server has ${seen.length} connections: ${seen.join()}`)
        },
        { timeout: AMPLE, interval: 20 },
      )
    },
  }
}
