import { existsSync } from 'node:fs'

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startPostgres } from '../src/index.js'
import { isAlive } from '../src/process-tree.js'

describe('startPostgres', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>

  beforeAll(async () => {
    postgres = await startPostgres({ maxConnections: 7, settings: { application_name: 'tidegate test' } })
  })
  afterAll(() => postgres.close())

  async function query(text: string, options: pg.ClientConfig = {}): Promise<unknown[]> {
    const client = new pg.Client({ ...postgres.connection, connectionTimeoutMillis: 10_000, ...options })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query({ text, rowMode: 'array' })
      return rows.flat()
    } finally {
      // Not awaited: a frozen server never says goodbye.
      void client.end()
    }
  }

  it('gives a database that answers by connection and by url', async () => {
    expect(await query('select 1')).toEqual([1])
    const { host, port, user, password, database } = postgres.connection
    expect(postgres.url).toBe(`postgres://${user}:${password}@${host}:${port}/${database}`)
    expect(postgres.external).toBe(false)
  })

  it('takes settings and the limit of connections', async () => {
    expect(await query(`select current_setting('max_connections'), current_setting('application_name')`)).toEqual([
      '7',
      'tidegate test',
    ])
  })

  it('refuses a wrong password', async () => {
    await expect(query('select 1', { password: 'wrong' })).rejects.toMatchObject({ code: '28P01' })
  })

  it('answers nobody while frozen, and what is pending once thawed', async () => {
    const client = new pg.Client(postgres.connection)
    await client.connect()
    await postgres.freeze()
    const pending = client.query('select 1')
    await expect(query('select 1', { connectionTimeoutMillis: 500 })).rejects.toThrow('timeout')
    let answered = false
    void pending.then(() => (answered = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    await postgres.thaw()
    expect((await pending).rowCount).toBe(1)
    await client.end()
  })

  it('refuses connections after a kill, and has its data at the same port after a start', async () => {
    await query('create table kept as select 42 as value')
    await postgres.kill()
    await expect(query('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await postgres.start()
    expect(await query('select value from kept')).toEqual([42])
  })

  it('ends open sessions when restarted, frozen or not', async () => {
    const client = new pg.Client(postgres.connection)
    await client.connect()
    const ended = new Promise((resolve) => client.on('error', resolve))
    await postgres.freeze()
    await postgres.restart()
    expect(await ended).toMatchObject({ code: '57P01' })
    expect(await query('select 1')).toEqual([1])
  })

  it('says to start it first when it is frozen while stopped', async () => {
    await postgres.stop()
    await expect(postgres.freeze()).rejects.toThrow('PostgreSQL is not running: call start() first')
    await postgres.start()
  })

  it('rejects with the log of a server that does not start', async () => {
    await expect(startPostgres({ settings: { no_such_setting: 'on' } })).rejects.toThrow('"no_such_setting"')
  })
})

describe('close of PostgreSQL', () => {
  it.each(['running', 'frozen', 'stopped', 'killed'])('leaves no process and no data of a %s server', async (state) => {
    const postgres = await startPostgres()
    const client = new pg.Client(postgres.connection)
    client.on('error', () => {})
    await client.connect()
    const { rows } = await client.query(
      `select pg_backend_pid() as pid, current_setting('data_directory') as directory`,
    )
    const [{ pid, directory }] = rows
    expect(await isAlive(pid)).toBe(true)
    if (state === 'frozen') await postgres.freeze()
    if (state === 'stopped') await postgres.stop()
    if (state === 'killed') await postgres.kill()

    await postgres.close()
    await postgres.close()
    expect(await isAlive(pid)).toBe(false)
    expect(existsSync(directory)).toBe(false)
    await expect(postgres.start()).rejects.toThrow('PostgreSQL is closed')
  })
})
