import pg from 'pg'
import { afterEach, expect, it, vi } from 'vitest'

import { checkClientConfig } from '../src/check-client-config.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** The client that would be made for the check of a pool like this, as it would introduce itself to the server. */
function checkClient(config: pg.PoolConfig): pg.Client & { connectionParameters: Record<string, unknown> } {
  const client = new pg.Client(checkClientConfig(new pg.Pool(config).options, 30_000))
  return client as typeof client & { connectionParameters: Record<string, unknown> }
}

it('keeps the password, which the pool hides from enumeration', () => {
  expect(checkClient({ password: 'secret' }).password).toBe('secret')
})

it('keeps the password hidden', () => {
  expect(Object.keys(checkClientConfig(new pg.Pool({ password: 'secret' }).options, 30_000))).not.toContain('password')
})

it('keeps a password that is asked for', () => {
  const password = (): string => 'token'

  expect(checkClient({ password }).password).toBe(password)
})

it('keeps the TLS options, the private key among them', () => {
  const { ssl } = checkClient({ ssl: { ca: 'authority', key: 'private', rejectUnauthorized: true } })

  expect(ssl).toMatchObject({ ca: 'authority', key: 'private', rejectUnauthorized: true })
})

it("sets the driver's limits to what the lifecycle gives up at, whatever the pool's are", () => {
  const options = new pg.Pool({ connectionTimeoutMillis: 500, query_timeout: 500 }).options

  expect(checkClientConfig(options, 30_000)).toMatchObject({ connectionTimeoutMillis: 30_000, query_timeout: 30_000 })
})

it("leaves the pool's options as they are", () => {
  const { options } = new pg.Pool({ application_name: 'shop' })
  Object.freeze(options)
  checkClientConfig(options, 30_000)

  expect(options).toMatchObject({ application_name: 'shop' })
  expect(options).not.toHaveProperty('query_timeout')
})

it.each<[string, pg.PoolConfig, string]>([
  ['alone', {}, 'tidegate-check'],
  ["after the application's name", { application_name: 'shop' }, 'shop tidegate-check'],
  ['after its fallback name', { fallback_application_name: 'shop' }, 'shop tidegate-check'],
  [
    'in a connection string',
    { connectionString: 'postgres://db/x?application_name=my%20shop' },
    'my shop tidegate-check',
  ],
  [
    'beside a connection string',
    { connectionString: 'postgres://db/x', application_name: 'shop' },
    'shop tidegate-check',
  ],
  ['within the 63 bytes of a name', { application_name: 's'.repeat(63) }, `${'s'.repeat(48)} tidegate-check`],
])('is recognised by operators: %s', (_, config, name) => {
  expect(checkClient(config).connectionParameters['application_name']).toBe(name)
})

it('is recognised by operators: after the name in the environment', () => {
  vi.stubEnv('PGAPPNAME', 'shop')

  expect(checkClient({}).connectionParameters['application_name']).toBe('shop tidegate-check')
})
