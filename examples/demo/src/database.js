import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import pg from 'pg'

const CONNECT_LIMIT_MS = 5000
const setup = fileURLToPath(new URL('../../shop/src/setup.js', import.meta.url))

/**
 * The shop's tables, in a schema of their own, so that a database which is not the demo's is left as it was.
 *
 * @param {string} server the URL of a PostgreSQL
 */
export function createDatabase(server) {
  const schema = `tidegate_demo_${process.pid}`
  const url = new URL(server)
  url.searchParams.set('options', `-c search_path=${schema}`)

  /** @param {string} sql */
  async function query(sql) {
    const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: CONNECT_LIMIT_MS })
    await client.connect()
    try {
      return await client.query(sql)
    } finally {
      await client.end()
    }
  }

  return {
    url: url.href,
    createSchema: () => query(`CREATE SCHEMA ${schema}`),
    /** @param {AbortSignal} signal */
    async createTables(signal) {
      await promisify(execFile)(process.execPath, [setup], { env: { ...process.env, DATABASE_URL: url.href }, signal })
    },
    /** @returns {Promise<Set<string>>} */
    async orderIds() {
      const { rows } = await query('SELECT id FROM orders')
      return new Set(rows.map(({ id }) => id))
    },
    dropSchema: () => query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`),
  }
}
