import { expect, test } from 'vitest'

import { assertDependencyOptions, cache, createLifecycle } from '../src/index.ts'

const OWN = { prime: { fits: (value: unknown) => typeof value === 'number', what: 'a number' } }

test('takes options that are right, undefined ones and none', () => {
  const options = {
    name: 'db',
    critical: false,
    dependsOn: ['a'],
    limits: {},
    health: undefined,
    close: false,
    prime: 3,
  }

  assertDependencyOptions({ call: 'db()', options, own: OWN })
  assertDependencyOptions({ call: 'db()', options: undefined })
  expect(() => assertDependencyOptions({ call: 'db()', options: 5 })).toThrow('options is 5, and must be an object')
})

test('names every fault, of the options and of the other arguments, in one error', () => {
  const options = {
    name: 'My DB',
    critical: 'no',
    dependsOn: 'a',
    limits: 5,
    health: [],
    close: 0,
    prime: '3',
    pirme: 1,
  }

  expect(() => assertDependencyOptions({ call: 'db(pool, options)', options, own: OWN, faults: ['no pool'] })).toThrow(
    expect.objectContaining({
      code: 'TIDEGATE_CONFIG',
      message: [
        'db(pool, options) cannot work:',
        '  no pool',
        `  options.name is "My DB", and must be lower-case letters, digits and dashes, as 'orders-db'`,
        '  options.critical is "no", and must be true or false',
        `  options.dependsOn is "a", and must be a list of names, as ['postgres']`,
        "  options.limits is 5, and must be an object, as { close: '2s' }",
        "  options.health is an array, and must be an object, as { interval: '5s' }",
        '  options.close is 0, and must be true or false',
        '  options.prime is "3", and must be a number',
        '  options.pirme is not an option; did you mean "prime"?',
      ].join('\n'),
    }),
  )
})

test('a cache needs something to load', () => {
  expect(() => cache('catalog', {} as never)).toThrow(
    'cache("catalog", options) cannot work:\n  options.load is missing',
  )
  expect(() => cache('catalog', { load: 5 } as never)).toThrow('options.load is 5')
  expect(() =>
    createLifecycle({ dependencies: [cache('My Catalog', { load: async () => 1 })], logger: false }),
  ).toThrow('My Catalog')
})

test('a cache refuses by name what it would not heed', () => {
  const load = async (): Promise<number> => 1

  expect(() => cache('catalog', { name: 'other', load } as never)).toThrow(
    expect.objectContaining({
      code: 'TIDEGATE_CONFIG',
      message: expect.stringContaining('options.name is not an option; there are ') as string,
    }),
  )
  expect(() => cache('catalog', { close: false, load } as never)).toThrow('options.close is not an option')
  // @ts-expect-error -- and the compiler knows
  expect(() => cache('catalog', { close: false, load })).toThrow('options.close is not an option')
})
