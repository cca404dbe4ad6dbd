import { LifecycleError } from '@tidegate/core'
import type { DependencyOptions } from '@tidegate/core'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'

import { redis } from '../src/index.ts'

const client = new Redis({ lazyConnect: true, password: 'sesame' })

afterEach(() => expect(client.status).toBe('wait'))

function faultOf(run: () => unknown): LifecycleError {
  try {
    run()
  } catch (error) {
    return error as LifecycleError
  }
  throw new Error('nothing was thrown')
}

describe('redis(client, options)', () => {
  test('is called redis unless it is told otherwise, and keeps its name as a literal type', () => {
    const plain = redis(client)
    const named = redis(client, { name: 'sessions' })
    const unnamed = redis(client, { critical: false })

    expect([plain.name, named.name, unnamed.name]).toEqual(['redis', 'sessions', 'redis'])
    expectTypeOf(plain.name).toEqualTypeOf<'redis'>()
    expectTypeOf(named.name).toEqualTypeOf<'sessions'>()
    expectTypeOf(unnamed.name).toEqualTypeOf<'redis'>()
  })

  test('refuses every fault of the options in one error', () => {
    const options = {
      name: 'My Redis',
      critical: 'no',
      dependsOn: 'postgres',
      limits: 5,
      health: [],
      close: 0,
      scripts: { add: 5 },
      timeout: '1s',
    }
    const fault = faultOf(() => redis(client, options as unknown as DependencyOptions))

    expect(fault).toBeInstanceOf(LifecycleError)
    expect(fault.code).toBe('TIDEGATE_CONFIG')
    for (const part of [
      'options.name is "My Redis", and must be lower-case letters, digits and dashes',
      'options.critical is "no"',
      'options.dependsOn is "postgres"',
      'options.limits is 5',
      'options.health is an array',
      'options.close is 0',
      'options.timeout is not an option; there are name, critical, dependsOn, limits, health, rewarm, close, scripts',
      'options.scripts is an object, and must be Lua texts by their names',
    ]) {
      expect(fault.message).toContain(part)
    }
  })

  test('hands on rewarm', () => {
    expect(redis(new Redis({ lazyConnect: true }), { rewarm: true }).rewarm).toBe(true)
  })

  test.each([
    ['nothing', undefined, 'the client is missing'],
    ['a URL', 'redis://:sesame@localhost', 'the client is a string'],
    ['options', { host: 'localhost', password: 'sesame' }, 'not an ioredis one'],
  ])('refuses %s for a client, and repeats no secret', (_what, wrong, message) => {
    const fault = faultOf(() => redis(wrong as unknown as Redis, { close: 'no' as unknown as boolean }))

    expect(fault.code).toBe('TIDEGATE_CONFIG')
    expect(fault.message).toContain(message)
    expect(fault.message).toContain('options.close is "no"')
    expect(fault.message).not.toContain('sesame')
  })
})
