import type { Dependency } from '@tidegate/core'
import pg from 'pg'
import { expect, expectTypeOf, it } from 'vitest'

import { postgres } from '../src/index.ts'
import type { PostgresDependencyOptions, PostgresPool } from '../src/index.ts'

const pool = new pg.Pool({ max: 10 })

function faultsOf(options: object, target: PostgresPool = pool): { code?: string; message?: string } {
  try {
    postgres(target, options as PostgresDependencyOptions)
    return {}
  } catch (error) {
    return error as Error
  }
}

it('is called postgres unless it is given a name, and keeps the name as a literal type', () => {
  const byDefault = postgres(pool)
  const primed = postgres(pool, { prime: 3 })
  const named = postgres(pool, { name: 'orders-db' })

  expectTypeOf(byDefault).toEqualTypeOf<Dependency<'postgres'>>()
  expectTypeOf(primed).toEqualTypeOf<Dependency<'postgres'>>()
  expectTypeOf(named).toEqualTypeOf<Dependency<'orders-db'>>()
  expect([byDefault.name, primed.name, named.name]).toEqual(['postgres', 'postgres', 'orders-db'])
})

it('touches neither the pool nor the network before the lifecycle starts', () => {
  const untouched = new pg.Pool()
  postgres(untouched)

  expect(untouched.totalCount).toBe(0)
  expect(untouched.eventNames()).toEqual([])
})

it('refuses to prime more connections than the pool opens', () => {
  expect(faultsOf({ prime: 11 })).toMatchObject({
    code: 'TIDEGATE_CONFIG',
    message: expect.stringContaining(
      "options.prime is 11, and the pool opens at most 10: raise the pool's max or lower prime",
    ),
  })
  expect(faultsOf({ prime: 10 })).toEqual({})
})

it('takes the default of prime from a pool whose min is above its max', () => {
  expect(faultsOf({}, new pg.Pool({ min: 5, max: 2 }))).toEqual({})
})

it('names every fault at once', () => {
  const { message } = faultsOf({ name: 'Orders DB', primed: 3, prime: 0, statements: [1], check: 'ping', close: 'no' })

  expect(message).toContain('options.name is "Orders DB"')
  expect(message).toContain('options.primed is not an option; did you mean "prime"?')
  expect(message).toContain('options.prime is 0')
  expect(message).toContain('options.statements is')
  expect(message).toContain('options.check is "ping"')
  expect(message).toContain('options.close is "no"')
})

it('refuses statements without connections to run them on', () => {
  expect(faultsOf({ prime: false, statements: ['SELECT 1'] }).message).toContain('options.prime is false')
})

it.each([null, 'postgres://admin:secret@db/shop', {}, new pg.Client()])(
  'refuses what is not a pool, without repeating it (%#)',
  (target) => {
    const { code, message } = faultsOf({}, target as unknown as PostgresPool)

    expect(code).toBe('TIDEGATE_CONFIG')
    expect(message).toContain('new pg.Pool()')
    expect(message).not.toContain('secret')
  },
)

it('refuses a check of its own on a pool that does not say what it makes its clients with', () => {
  const closed = Object.assign(new pg.Pool(), { Client: undefined })

  expect(faultsOf({}, closed).message).toContain("check: 'pool'")
  expect(faultsOf({ check: 'pool' }, closed)).toEqual({})
})
